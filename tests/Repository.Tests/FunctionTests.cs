namespace Meters.Tests.Repository;

/// <summary>
/// Functions fit on a screen. Aim at 40 lines; 70 is the end; the exceptions stand in function-lengths.txt.
/// </summary>
public sealed class FunctionTests
{
    private const int LinesMax = 70;
    private const int LinesAim = 40;

    /// <summary>How many in a hundred may be longer than the aim.</summary>
    private const int AboveAimPercentMax = 5;

    private const string ExceptionsPath = "tests/Repository.Tests/function-lengths.txt";

    [Fact]
    public void No_function_is_too_long_but_the_listed_ones()
    {
        var exceptions = Exceptions();
        var faults = new List<string>();
        foreach (var (path, function) in All())
        {
            var listed = exceptions.Where(one => Is(one.Path, one.Name, path, function)).Select(one => one.Lines);
            var limit = listed.DefaultIfEmpty(LinesMax).Max();
            if (function.Lines > limit)
            {
                faults.Add($"{path}({function.Line}): {function.Signature}: {function.Lines} lines, {limit} at most.");
            }
        }

        Tree.NoFaults(faults);
    }

    [Fact]
    public void A_listed_function_that_has_become_shorter_leaves_the_list() => Tree.NoFaults(
        from listed in Exceptions()
        let lengths = All()
            .Where(one => Is(listed.Path, listed.Name, one.Path, one.Function))
            .Select(one => one.Function.Lines)
            .ToList()
        where lengths.Count != 1 || lengths[0] != listed.Lines || lengths[0] <= LinesMax
        select $"{ExceptionsPath}: {listed.Path} {listed.Name} {listed.Lines}: now {string.Join(',', lengths)} lines.");

    [Fact]
    public void Few_functions_are_longer_than_the_aim()
    {
        var all = All().ToList();
        var above = all.Where(one => one.Function.Lines > LinesAim).ToList();
        var report = above.Select(one => $"{one.Path}({one.Function.Line}): {one.Function.Lines} lines");
        Assert.True(above.Count * 100 <= all.Count * AboveAimPercentMax,
            $"{above.Count} of {all.Count} functions are longer than {LinesAim} lines:\n{string.Join('\n', report)}");
    }

    [Fact]
    public void The_finder_sees_methods_accessors_and_expressions_but_no_braces_in_text()
    {
        const string Text = """"
            using System;
            namespace A;
            #if {
            public sealed record R(int B)
            {
                private static readonly int[] Table = new int[] { 1 };
                [Fact("}")] public void One(string a = "{") // {
                {
                    var b = $"{(a is "}" ? '{' : '\'')} {{ \" {{"; /* } */
                    var c = $@"{b}""{{" + """ "" } """ + @"\";
                    if (b == c) { Two(new() { X = 1 }); }
                }
                public int P { get; set { _p = value; } } = 5;
                public static bool operator ==(R a, R b) { return true; }
                public int E => B switch
                {
                    1 => 2,
                    _ => 3,
                };
                public class Inner<T> where T : class { void Three() { } }
            }
            """";
        var found = Functions.In(Text).Select(function => (function.Line, function.Lines)).Order();
        Assert.Equal([(7, 6), (13, 1), (14, 1), (15, 5), (20, 1)], found);
    }

    private static IEnumerable<(string Path, Function Function)> All() =>
        from path in Tree.Code()
        from function in Functions.In(Tree.Text(path))
        select (path, function);

    private static bool Is(string listedPath, string listedName, string path, Function function) =>
        listedPath == path && function.Signature.Contains(listedName + "(", StringComparison.Ordinal);

    private static List<(string Path, string Name, int Lines)> Exceptions() =>
        [.. from line in Tree.Lines(ExceptionsPath)
            where line.Length > 0 && !line.StartsWith('#')
            let parts = line.Split(' ')
            select (parts[0], parts[1], int.Parse(parts[2]))];
}
