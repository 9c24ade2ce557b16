using Meters.Host.Access;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Meters.Host.Sms;

public static class SmsSetup
{
    /// <summary>
    /// An <see cref="ISmsChannel"/> by settings: Kannel where its address is set, else the file outbox. Also the
    /// <see cref="DeliveryTokens"/> that <c>MapSmsDelivery</c> needs.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="outboxFile">Outbox when the settings name none: beside the store.</param>
    public static IServiceCollection AddMetersSms(this IServiceCollection services, string outboxFile)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SmsOptions>().BindConfiguration(SmsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SmsOptions>, SmsOptionsRanges>();
        services.AddSingleton<IValidateOptions<SmsOptions>, SmsOptionsRelations>();
        services.TryAddSingleton<RandomBytes>(System.Security.Cryptography.RandomNumberGenerator.Fill);
        services.AddSingleton(provider => TokensOf(
            provider.GetRequiredService<IOptions<SmsOptions>>().Value, provider.GetRequiredService<RandomBytes>()));
        services.AddSingleton<ISmsChannel>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<SmsOptions>>().Value;
            return options.KannelUrl.Length == 0
                ? new FileOutbox(
                    options.OutboxFile.Length > 0 ? options.OutboxFile : outboxFile,
                    provider.GetRequiredService<TimeProvider>())
                : new KannelChannel(
                    SettingsOf(options),
                    provider.GetRequiredService<DeliveryTokens>(),
                    TimeProvider.System,
                    provider.GetRequiredService<ILogger<KannelChannel>>());
        });
        return services;
    }

    private static DeliveryTokens TokensOf(SmsOptions options, RandomBytes random)
    {
        if (options.ReportSecret.Length > 0) return DeliveryTokens.Of(options.ReportSecret);
        Span<byte> secret = stackalloc byte[ApiKeys.RandomLength];
        random(secret);
        return new(secret);
    }

    private static KannelSettings SettingsOf(SmsOptions options) => new(
        new(options.KannelUrl), options.Username, options.Password, options.From, new(options.ReportUrl),
        TimeSpan.FromMilliseconds(options.TimeoutMillis));
}
