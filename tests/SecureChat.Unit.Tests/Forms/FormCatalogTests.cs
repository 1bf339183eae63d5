using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;
using static SecureChat.Unit.Tests.Forms.FormsTestHost;

namespace SecureChat.Unit.Tests.Forms;

public sealed class FormCatalogTests
{
    [Fact]
    public void A_good_form_is_found_by_its_exact_key()
    {
        FormCatalog catalog = Catalog([Form(f => f.CardNumber("pan").CardExpiry("exp").SecurityCode("cvc"), "card-payment")]);
        Assert.Equal(3, catalog.Find("card-payment")!.Fields.Count);
        Assert.Null(catalog.Find("Card-Payment"));
        Assert.Null(catalog.Find(""));
        Assert.Null(catalog.Find(null));
        Assert.Empty(catalog.Warnings);
    }

    [Fact]
    public void All_faults_of_all_forms_are_reported_together()
    {
        var fault = Assert.Throws<SecureChatConfigurationException>(() => Catalog(
        [
            Form(f => f.Text("UPPER"), "one"),
            Form(_ => { }, "two"),
            Form(f => f.Notice("nowhere").Choice("c", ["only"]).SecurityCode("cvc", s => s.LivesFor(TimeSpan.FromHours(1))), "three"),
            Form(f => f.Text("a").Text("a"), "Bad Key"),
            Form(f => f.Text("a"), "same"),
            Form(f => f.Text("a"), "same"),
        ]));
        Assert.Same(SecureChatErrors.FormInvalid, fault.Error);
        Assert.Contains("\"one\", field \"UPPER\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Form \"two\": a form needs 1 to 32 fields", fault.Message, StringComparison.Ordinal);
        Assert.Contains("add chat.AddNotice(new PrivacyNotice { Key = \"nowhere\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains("field \"c\": a choice needs 2", fault.Message, StringComparison.Ordinal);
        Assert.Contains("field \"cvc\": authentication data", fault.Message, StringComparison.Ordinal);
        Assert.Contains("\"Bad Key\": the key must be", fault.Message, StringComparison.Ordinal);
        Assert.Contains("\"Bad Key\": two fields have the same key", fault.Message, StringComparison.Ordinal);
        Assert.Contains("\"same\" is registered 2 times (SC1006)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_forms_of_one_key_refuse_to_start()
    {
        var fault = Assert.Throws<SecureChatConfigurationException>(() => Catalog([Form(f => f.Text("a")), Form(f => f.Text("b"))]));
        Assert.Same(SecureChatErrors.DuplicateForm, fault.Error);
        Assert.Contains("\"form\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_registered_again_is_one_form_and_two_classes_of_one_key_are_two()
    {
        Assert.Single(Catalog([], [new PassportForm(), new PassportForm()]).All);
        var fault = Assert.Throws<SecureChatConfigurationException>(() => Catalog([], [new PassportForm(), new OtherPassportForm()]));
        Assert.Same(SecureChatErrors.DuplicateForm, fault.Error);
    }

    [Fact]
    public void A_class_that_throws_is_named_without_its_message()
    {
        var fault = Assert.Throws<SecureChatConfigurationException>(() => Catalog([], [new ThrowingForm()]));
        Assert.Same(SecureChatErrors.FormInvalid, fault.Error);
        Assert.Contains("ThrowingForm: Key or Define(...) threw InvalidOperationException", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a connection string", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.InnerException);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(29)]
    [InlineData(30 * 24 * 3600 + 1)]
    public void A_life_out_of_range_is_refused(int seconds) => Refused(f => f.Text("a", t => t.LivesFor(TimeSpan.FromSeconds(seconds))), "LivesFor must be");

    [Theory]
    [InlineData(30)]
    [InlineData(30 * 24 * 3600)]
    public void A_life_at_the_edges_is_taken(int seconds) => Catalog([Form(f => f.Text("a", t => t.LivesFor(TimeSpan.FromSeconds(seconds))))]);

    [Fact]
    public void Bad_labels_titles_purposes_and_choices_are_refused()
    {
        Refused(f => f.Text("a", t => t.Label("")), "label must be one line");
        Refused(f => f.Text("a", t => t.Label(null!)), "label must be one line");
        Refused(f => f.Text("a", t => t.Label("two\nlines")), "label must be one line");
        Refused(f => f.Text("a", t => t.Label("Name \u202Etxet")), "label must be one line");
        Refused(f => f.Text("a", t => t.Label("lone \uD800")), "label must be one line");
        Refused(f => f.Text("a", t => t.Label(new string('x', 201))), "label must be one line");
        Refused(f => f.Title("\0").Text("a"), "title must be one line");
        Refused(f => f.Purpose(new string('x', 1001)).Text("a"), "purpose must be one line");
        Refused(f => f.Text("a", t => t.Purpose("\u0007")), "purpose must be one line");
        Refused(f => f.Version(0).Text("a"), "version must be");
        Refused(f => f.Choice("a", ["x", "x"]), "two choices are the same");
        Refused(f => f.Choice("a", ["x", " y"]), "every choice must be");
        Refused(f => f.Choice("a", ["x", ""]), "every choice must be");
        Refused(f => f.Text(new string('k', 41)), "key must be");
        Refused(f => f.Text("a", t => t.Class((DataClass)99)), "data class is not known");
        Refused(f => f.Notice(null!).Text("a"), "call .Notice(");
        Refused(f => { for (int i = 0; i < 33; i++) { f.Text($"f{i}"); } }, "a form needs 1 to 32 fields");
    }

    [Fact]
    public void The_number_of_fields_follows_the_option()
    {
        SecureForm two = Form(f => f.Text("a").Text("b"));
        Assert.Throws<SecureChatConfigurationException>(() => Catalog([two], configure: o => o.Limits.FormFields = 1));
        Assert.Single(Catalog([two], configure: o => o.Limits.FormFields = 2).All);
    }

    [Fact]
    public void Start_warns_about_fields_without_purpose()
    {
        var logger = new ListLogger<FormCatalog>();
        FormCatalog catalog = Catalog([Form(f => f.Purpose("").Text("a").Text("b", t => t.Purpose("So that we can call you")))], logger: logger);
        FormWarning warning = Assert.Single(catalog.Warnings);
        Assert.Equal((FormWarningKind.FieldWithoutPurpose, "form", "a"), (warning.Kind, warning.FormKey, warning.FieldKey));
        var line = Assert.Single(logger.Lines);
        Assert.Equal((LogLevel.Warning, 1300, "FormFieldWithoutPurpose"), (line.Level, line.Id.Id, line.Id.Name));
    }

    [Fact]
    public void Start_warns_about_a_security_code_beside_values_that_live_long()
    {
        SecureForm stated = Form(f => f.CardNumber("pan", p => p.LivesFor(TimeSpan.FromHours(2))).SecurityCode("cvc"));
        Assert.Equal(FormWarningKind.SecurityCodeBesideLongLivedValues, Assert.Single(Catalog([stated]).Warnings).Kind);

        SecureForm byOption = Form(f => f.CardNumber("pan").SecurityCode("cvc"));
        Assert.Empty(Catalog([byOption]).Warnings);
        Assert.Single(Catalog([byOption], configure: o => o.Lifetimes.UnopenedValue = TimeSpan.FromHours(2)).Warnings);
        Assert.Empty(Catalog([Form(f => f.CardNumber("pan", p => p.LivesFor(TimeSpan.FromHours(2))))]).Warnings);
    }

    [Theory(DisplayName = "E22: start warns about labels that ask for card codes or numbers in plain fields")]
    [InlineData("CVV", FormWarningKind.CardCodeAskedAsText)]
    [InlineData("Your cvc2, please", FormWarningKind.CardCodeAskedAsText)]
    [InlineData("Card security code", FormWarningKind.CardCodeAskedAsText)]
    [InlineData("3 digits on the back", FormWarningKind.CardCodeAskedAsText)]
    [InlineData("PIN", FormWarningKind.CardCodeAskedAsText)]
    [InlineData("Kartenprüfnummer", FormWarningKind.CardCodeAskedAsText)]
    [InlineData("Card number", FormWarningKind.CardNumberAskedAsText)]
    [InlineData("Kreditkartennummer", FormWarningKind.CardNumberAskedAsText)]
    public void Labels_that_ask_for_card_data_in_plain_fields(string label, object kind)
    {
        Assert.Equal((FormWarningKind)kind, Assert.Single(Catalog([Form(f => f.Text("a", t => t.Label(label)))]).Warnings).Kind);
    }

    [Theory]
    [InlineData("Shipping address")]
    [InlineData("Opinion")]
    [InlineData("Spinning class")]
    [InlineData("Postcode")]
    [InlineData("Invoice number")]
    public void Ordinary_labels_do_not_warn(string label) => Assert.Empty(Catalog([Form(f => f.Text("a", t => t.Label(label)))]).Warnings);

    [Fact]
    public void A_pin_classed_as_authentication_data_does_not_warn() =>
        Assert.Empty(Catalog([Form(f => f.Secret("pin", s => s.Label("PIN").Class(DataClass.AuthenticationData)))]).Warnings);

    [Fact]
    public void A_stated_life_beyond_the_option_for_authentication_data_warns_that_it_is_cut()
    {
        FormWarning warning = Assert.Single(Catalog([Form(f => f.SecurityCode("cvc", s => s.LivesFor(TimeSpan.FromMinutes(10))))]).Warnings);
        Assert.Equal(FormWarningKind.LifeIsCut, warning.Kind);
    }

    [Fact]
    public void Scanning_finds_every_form_of_an_assembly_once_however_often_it_is_asked()
    {
        var builder = new Builder();
        builder.AddForm<PassportForm>()
            .AddFormsFromAssemblyContaining<FormCatalogTests>()
            .AddFormsFromAssembly(typeof(FormCatalogTests).Assembly)
            .AddForm<PassportForm>();
        Type[] found = [.. builder.Services.Where(d => d.ServiceType == typeof(ISecureForm)).Select(d => d.ImplementationType!)];
        Assert.Equal(found.Length, found.Distinct().Count());
        Assert.Contains(typeof(PassportForm), found);
        Assert.Contains(typeof(OtherPassportForm), found);
        Assert.DoesNotContain(typeof(AbstractForm), found);
        Assert.All(builder.Services.Where(d => d.ServiceType == typeof(ISecureForm)), d => Assert.Equal(ServiceLifetime.Singleton, d.Lifetime));
        Assert.Throws<ArgumentNullException>(() => builder.AddFormsFromAssembly(null!));
        Assert.Throws<ArgumentNullException>(() => ((ISecureChatBuilder)null!).AddFormsFromAssemblyContaining<string>());
    }

    [Fact]
    public void The_parts_resolve_from_the_container_once()
    {
        var builder = new Builder();
        builder.Services.AddLogging().AddOptions();
        builder.Services.AddFormDefinitions().AddFormDefinitions();
        builder.AddNotice(Notice).AddForm("card", f => f.Purpose("Pay").Notice("payments-v1").CardNumber("pan")).AddForm<PassportForm>();
        using ServiceProvider services = builder.Services.BuildServiceProvider();
        Assert.Equal(["card", "passport"], services.GetRequiredService<FormCatalog>().All.Select(f => f.Key));
        Assert.NotNull(services.GetRequiredService<AnswerValidator>());
        Assert.Single(services.GetServices<FormCatalog>());
    }

    private static void Refused(Action<SecureFormBuilder> define, string text)
    {
        var fault = Assert.Throws<SecureChatConfigurationException>(() => Catalog([Form(define)]));
        Assert.Same(SecureChatErrors.FormInvalid, fault.Error);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
    }

    private sealed class Builder : ISecureChatBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();
    }

    internal abstract class AbstractForm : ISecureForm
    {
        public abstract string Key { get; }

        public virtual void Define(SecureFormBuilder form) => form.Purpose("Check who you are").Notice("payments-v1").NationalId("number");
    }

    internal sealed class PassportForm : AbstractForm
    {
        public override string Key => "passport";
    }

    internal sealed class OtherPassportForm : AbstractForm
    {
        public override string Key => "passport";
    }

    internal sealed class ThrowingForm : AbstractForm
    {
        public override string Key => "throwing";

        public override void Define(SecureFormBuilder form) => throw new InvalidOperationException("a connection string");
    }
}
