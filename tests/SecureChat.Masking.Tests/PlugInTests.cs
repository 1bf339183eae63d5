using System.Globalization;
using SecureChat.Testing;

namespace SecureChat.Masking.Tests;

/// <summary>Detectors and patterns of a host's own: they find what they should, and none of them can hold up or let through a message.</summary>
public sealed class PlugInTests
{
    private static readonly MaskingPattern Customer = new()
    {
        Kind = "x-customer-number",
        Pattern = @"\bC-?\d{8}\b",
        Checksum = "luhn",
        Words = ["customer number", "Kundennummer"],
        Examples = ["C-12345674"],
        CounterExamples = ["C-12345674", "customer number C-12345675"],
    };

    [Theory]
    [InlineData("my customer number is C-12345674.", "my customer number is •-••••••••.")]
    [InlineData("C12345674 ist meine Kundennummer", "••••••••• ist meine Kundennummer")]
    [InlineData("my Customer  Number: C-１２３４５６７４", "my Customer  Number: •-••••••••")]
    [InlineData("my customer number is C-1234\u200B5674", "my customer number is •-••••\u200B••••")]
    [InlineData("it is C-12345674", "it is C-12345674")]
    [InlineData("my customer number is C-12345675", "my customer number is C-12345675")]
    public void A_pattern_needs_its_shape_its_checksum_and_a_word(string text, string expected)
    {
        MaskingEngine engine = MaskingEngine.Create(new MaskingEngineOptions { Patterns = [Customer] });
        string masked = engine.Mask(text);
        Assert.Equal(expected, masked);
        Assert.Equal(masked, engine.Mask(masked));
    }

    [Fact]
    public async Task The_question_before_it_is_a_word_for_a_pattern()
    {
        var masker = new EngineMasker(MaskingEngine.Create(new MaskingEngineOptions { Patterns = [Customer] }));
        MaskResult result = await masker.MaskAsync(
            new MaskRequest
            {
                Text = "C-12345674",
                Sender = ParticipantRole.Visitor,
                Recent = [new RecentMessage { Sequence = 1, Sender = ParticipantRole.Agent, Text = "What is your Kundennummer?" }],
            },
            CancellationToken.None);
        Assert.Equal(("•-••••••••", "x-customer-number"), (result.Text, Assert.Single(result.Spans).Kind));
        result = await masker.MaskAsync(new MaskRequest { Text = "C-12345674", Sender = ParticipantRole.Visitor }, CancellationToken.None);
        Assert.Empty(result.Spans);
    }

    [Fact]
    public void A_policy_speaks_of_kinds_of_the_hosts_own()
    {
        var options = new MaskingEngineOptions
        {
            Patterns = [Customer],
            Kinds = ["payment-card"],
            Policy = new MaskingPolicy { Rules = [new MaskingRule { Kinds = ["x-customer-number"], Action = MaskAction.Label }] },
        };
        Assert.Equal("customer number [x-customer-number], a@example.com", MaskingEngine.Create(options).Mask("customer number C-12345674, a@example.com"));
        Assert.Contains(
            "\"x-customer-number\"",
            Assert.Throws<ArgumentException>(() => MaskingEngine.Create(new MaskingEngineOptions
            {
                Patterns = [Customer],
                Policy = new MaskingPolicy { Rules = [new MaskingRule { Kinds = ["x-custmer-number"], Action = MaskAction.Label }] },
            })).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"(\d)\1", "could run away")]
    [InlineData(@"(?<=a)b", "could run away")]
    [InlineData(@"(?>a+)b", "could run away")]
    [InlineData(@"((\w{1,100}){1,100}){1,100}\d", "could run away")]
    [InlineData(@"(\d", "at character")]
    [InlineData(@"\d*", "matches nothing at all")]
    [InlineData(@"\w+", "takes ordinary text")]
    [InlineData(@"", "1 to 512 characters")]
    public void A_pattern_that_could_run_away_or_take_everything_is_refused_with_the_reason(string pattern, string says) =>
        Assert.Contains(
            says,
            Assert.Throws<ArgumentException>(() => MaskingEngine.Create(new MaskingEngineOptions { Patterns = [new MaskingPattern { Kind = "x-thing", Pattern = pattern }] })).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("customer", "\"x-\"")]
    [InlineData("x-Customer", "\"x-\"")]
    [InlineData("x-12345", "\"x-\"")]
    public void A_kind_of_the_hosts_own_says_that_it_is(string kind, string says) =>
        Assert.Contains(
            says,
            Assert.Throws<ArgumentException>(() => MaskingEngine.Create(new MaskingEngineOptions { Patterns = [new MaskingPattern { Kind = kind, Pattern = @"C\d{8}" }] })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_checksum_that_there_is_not_and_an_example_that_fails_are_named()
    {
        Assert.Contains("luhn, luhn-36", Refuse(new MaskingPattern { Kind = "x-thing", Pattern = @"C\d{8}", Checksum = "lun" }), StringComparison.Ordinal);
        Assert.Contains("its example \"C1234\"", Refuse(new MaskingPattern { Kind = "x-thing", Pattern = @"C\d{8}", Examples = ["C1234"] }), StringComparison.Ordinal);
        Assert.Contains("its counter-example \"C12345678\"", Refuse(new MaskingPattern { Kind = "x-thing", Pattern = @"C\d{8}", CounterExamples = ["C12345678"] }), StringComparison.Ordinal);

        static string Refuse(MaskingPattern pattern) =>
            Assert.Throws<ArgumentException>(() => MaskingEngine.Create(new MaskingEngineOptions { Patterns = [pattern] })).Message;
    }

    [Theory]
    [InlineData("luhn", "79927398713", "79927398714")]
    [InlineData("luhn-36", "000000000ZZ4", "000000000ZZ5")]
    [InlineData("mod97-10", "3214282912345698765432161182", "3214282912345698765432161183")]
    [InlineData("mod37-36", "A12425GABC1234002M", "A12425GABC1234002N")]
    [InlineData("mod11-10", "07945", "07946")]
    [InlineData("mod11-2", "0000000218250097", "0000000218250098")]
    [InlineData("verhoeff", "2363", "2364")]
    public void A_checksum_is_the_one_of_its_name(string name, string right, string wrong)
    {
        Func<ReadOnlySpan<char>, bool> check = Checksums.Find(name)!;
        Assert.True(check(right));
        Assert.False(check(wrong));
        Assert.False(check(""));
        Assert.False(check("\u00E9"));
    }

    [Fact]
    public void A_detector_sees_clean_text_and_finds_where_it_stands_in_the_original()
    {
        MaskingEngine engine = With(new Words("alpha"));
        Assert.Equal("the ••••• project", engine.Mask("the alpha project"));
        SensitiveSpan span = Assert.Single(engine.Find("the al\u200Bpha project"));
        Assert.Equal(("x-word", 4, 6), (span.Kind, span.Start, span.Length));
    }

    [Fact]
    public void A_long_text_comes_in_pieces_that_overlap()
    {
        MaskingEngine engine = With(new Words("alpha"));
        for (int place = SensitiveDataCandidates.MaxLength - 8; place < SensitiveDataCandidates.MaxLength + 8; place++)
        {
            string text = new string('.', place) + "alpha" + new string('.', 40_000) + "alpha";
            Assert.Equal(2, engine.Find(text).Count);
            Assert.DoesNotContain("alpha", engine.Mask(text), StringComparison.Ordinal);
        }
    }

    public static TheoryData<string> Faults => ["throws", "steps", "outside", "kind", "confidence", "many", "slow"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_detector_at_fault_holds_the_message_and_after_three_faults_is_off(string fault)
    {
        var time = new FakeTimeProvider();
        var detector = new Faulty(fault, time);
        MaskingEngine engine = MaskingEngine.Create(new MaskingEngineOptions { Detectors = [detector], Time = time });
        var masker = new EngineMasker(engine);
        var request = new MaskRequest { Text = "my secret is 4242 4242 4242 4242", Sender = ParticipantRole.Visitor };
        for (int i = 1; i <= 3; i++)
        {
            SecureChatException held = await Assert.ThrowsAsync<SecureChatException>(async () => await masker.MaskAsync(request, CancellationToken.None));
            Assert.Equal("SC2001", held.Error.Code);
            Assert.Contains(nameof(Faulty), held.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", held.ToString(), StringComparison.Ordinal);
            MaskingDetectorStatus status = Assert.Single(engine.Detectors);
            Assert.Equal((nameof(Faulty), i, i == 3), (status.Name, status.Faults, status.IsOff));
        }

        Assert.Equal("my secret is •••• •••• •••• 4242", (await masker.MaskAsync(request, CancellationToken.None)).Text);
        Assert.Equal(3, detector.Calls);
    }

    [Fact]
    public void A_thousand_good_answers_forgive_a_fault()
    {
        var time = new FakeTimeProvider();
        var detector = new Faulty("throws", time);
        MaskingEngine engine = MaskingEngine.Create(new MaskingEngineOptions { Detectors = [detector], Time = time });
        for (int fault = 0; fault < 5; fault++)
        {
            detector.IsWell = false;
            Assert.Throws<SecureChatException>(() => engine.Mask("text"));
            detector.IsWell = true;
            for (int i = 0; i < 1000; i++)
            {
                engine.Mask("text");
            }
        }

        Assert.Equal((0, false), (engine.Detectors[0].Faults, engine.Detectors[0].IsOff));
    }

    [Fact]
    public async Task A_detector_that_never_comes_back_is_off_as_well()
    {
        var time = new FakeTimeProvider();
        using var gate = new ManualResetEventSlim();
        var detector = new Hanging(gate);
        MaskingEngine engine = MaskingEngine.Create(new MaskingEngineOptions { Detectors = [detector], Time = time });
        var hanging = new List<Task>();
        for (int i = 1; i <= 3; i++)
        {
            hanging.Add(Task.Factory.StartNew(() => Assert.Throws<SecureChatException>(() => engine.Mask("text")), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            Assert.True(SpinWait.SpinUntil(() => detector.Calls == hanging.Count, TimeSpan.FromSeconds(30)), $"Call {i.ToString(CultureInfo.InvariantCulture)} did not begin.");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("text", engine.Mask("text"));
        Assert.True(engine.Detectors[0].IsOff);
        gate.Set();
        await Task.WhenAll(hanging);
        Assert.Equal(3, engine.Detectors[0].Faults);
    }

    [Fact]
    public void A_detector_without_a_kind_or_with_one_that_there_is_not_is_refused()
    {
        Assert.Contains("names no kind", Assert.Throws<ArgumentException>(() => With(new Named([]))).Message, StringComparison.Ordinal);
        Assert.Contains("\"word\"", Assert.Throws<ArgumentException>(() => With(new Named(["word"]))).Message, StringComparison.Ordinal);
        Assert.Contains("at most 64", Assert.Throws<ArgumentException>(() => With(new Named([.. Enumerable.Range(0, 65).Select(static i => $"x-k{i}")]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detector_may_find_a_kind_that_there_is() =>
        Assert.Equal("password", Assert.Single(With(new Words("hunter", "password")).Find("it is hunter")).Kind);

    private static MaskingEngine With(params ISensitiveDataDetector[] detectors) => MaskingEngine.Create(new MaskingEngineOptions { Detectors = detectors });

    private sealed class Words(string word, string kind = "x-word") : ISensitiveDataDetector
    {
        public IReadOnlyList<string> Kinds => [kind];

        public void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates)
        {
            for (int at = 0, next; candidates.Spend() && (next = text[at..].IndexOf(word, StringComparison.Ordinal)) >= 0; at += next + 1)
            {
                candidates.Add(kind, at + next, word.Length);
            }
        }
    }

    private sealed class Named(IReadOnlyList<string> kinds) : ISensitiveDataDetector
    {
        public IReadOnlyList<string> Kinds => kinds;

        public void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates)
        {
        }
    }

    private sealed class Faulty(string fault, FakeTimeProvider time) : ISensitiveDataDetector
    {
        public IReadOnlyList<string> Kinds => ["x-word"];

        public int Calls { get; private set; }

        public bool IsWell { get; set; }

        public void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates)
        {
            Calls++;
            switch (IsWell ? "" : fault)
            {
                case "throws":
                    throw new InvalidOperationException(text.ToString());
                case "steps":
                    while (candidates.Spend(100))
                    {
                    }

                    break;
                case "outside":
                    candidates.Add("x-word", text.Length - 1, 2);
                    break;
                case "kind":
                    candidates.Add("x-other", 0, 1);
                    break;
                case "confidence":
                    candidates.Add("x-word", 0, 1, double.NaN);
                    break;
                case "many":
                    for (int i = 0; i < 2000; i++)
                    {
                        candidates.Add("x-word", 0, 1);
                    }

                    break;
                case "slow":
                    time.Advance(TimeSpan.FromSeconds(1));
                    break;
            }
        }
    }

    private sealed class Hanging(ManualResetEventSlim gate) : ISensitiveDataDetector
    {
        private int _calls;

        public IReadOnlyList<string> Kinds => ["x-word"];

        public int Calls => Volatile.Read(ref _calls);

        public void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates)
        {
            Interlocked.Increment(ref _calls);
            gate.Wait(TimeSpan.FromSeconds(60));
        }
    }
}
