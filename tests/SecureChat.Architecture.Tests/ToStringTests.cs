namespace SecureChat.Architecture.Tests;

/// <summary>
/// A type that carries text, a token or a value says only its type and id when it is printed, because logs, exceptions and debuggers
/// print (E43). Tried on every type, with a text of its own in every field.
/// </summary>
public sealed class ToStringTests
{
    /// <summary>What a type may show: ids, kinds and names of definitions, as its documentation says. Each must still be true.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["PrivacyNotice"] = ["PrivacyNotice.Key", "PrivacyNotice.Language", "PrivacyNotice.Version"],
        ["RecordKey"] = ["RecordKey.Kind"],
        ["SecureChatError"] = ["SecureChatError.Code", "SecureChatError.Title"],
        ["SensitiveSpan"] = ["SensitiveSpan.Kind"],
        ["StoreRecord"] = ["RecordKey.Kind"],

        // The product's own.
        ["AuditLog.Page"] = ["RecordKey.Kind"],
        ["Conversation"] = ["Conversation.Id"],
        ["FieldRefusal"] = ["FieldRefusal.Code"],
        // What they print is masked: that is what a provider of logs prints.
        ["MaskedLogState"] = ["MaskedLogState._text"],
        ["HubError"] = ["HubError.Code"],
        ["Problems.ProblemResult"] = ["SecureChatError.Code"],
        ["ValueContext"] = ["ValueContext.ValueId"],
    };

    private static Type[] Types => [.. Product.Packages.SelectMany(static package => Product.Written(package.Assembly)).Where(CanBeMade)];

    [Fact]
    public void E43_Nothing_prints_what_it_carries()
    {
        var wrong = new List<string>();
        int carriers = 0;
        foreach (Type type in Types)
        {
            carriers += Specimen.CarriesText(type) ? 1 : 0;
            string[] allowed = Allowed.GetValueOrDefault(Product.NameOf(type), []);
            IReadOnlyList<string> shown = Specimen.Shown(type);
            if (!shown.SequenceEqual(allowed, StringComparer.Ordinal))
            {
                wrong.Add($"{type.FullName} shows [{string.Join(", ", shown)}] and may show [{string.Join(", ", allowed)}]");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.All(Allowed.Keys, static name => Assert.Contains(Types, type => Product.NameOf(type) == name));

        // The walk has seen the types that matter.
        TestContext.Current.TestOutputHelper?.WriteLine($"n = {Types.Length} types, {carriers} of them carry text");
        Assert.True(carriers > 100, $"Only {carriers} types carry text.");
        foreach (string name in new[] { "MaskRequest", "SealField", "StepUpRequest", "MaskedText", "SendCommand", "JoinCommand", "StepUpBody", "FormRecord", "FormValue", "StartedView", "FieldAnswer", "AuditDetail" })
        {
            Assert.Contains(Types, type => type.Name == name && Specimen.CarriesText(type));
        }
    }

    [Fact]
    public void E43_The_check_sees_a_record_a_careless_ToString_and_a_nested_one()
    {
        Assert.Equal(["Saboteurs.PositionalToken.Token"], Specimen.Shown(typeof(Saboteurs.PositionalToken)));
        Assert.Equal(["Saboteurs.PositionalValue.Code"], Specimen.Shown(typeof(Saboteurs.PositionalValue)));
        Assert.Equal(["Saboteurs.PositionalToken.Token"], Specimen.Shown(typeof(Saboteurs.PrintsWhatItHolds)));
        Assert.Equal(["Saboteurs.PrintsBytes._value"], Specimen.Shown(typeof(Saboteurs.PrintsBytes)));
    }

    // Exceptions carry a documented error and what their constructor says; the leak tests send values through every fault.
    private static bool CanBeMade(Type type) =>
        type is { IsAbstract: false, IsInterface: false, IsEnum: false, ContainsGenericParameters: false, IsByRefLike: false }
        && !typeof(Exception).IsAssignableFrom(type) && !typeof(Delegate).IsAssignableFrom(type) && !typeof(Attribute).IsAssignableFrom(type);
}
