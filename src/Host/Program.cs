using Meters.Host.Cli;

return await MetersCommand.RunAsync(args);
