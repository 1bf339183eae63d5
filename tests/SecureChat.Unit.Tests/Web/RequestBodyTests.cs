using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Web;

public sealed class RequestBodyTests
{
    private const string Secret = "4111111111111111";

    [Fact]
    public async Task A_body_as_documented_is_read()
    {
        Outcome<Sample> outcome = await ReadAsync("""{"text":"h\u00e9 \ud83d\ude00 ü","count":3,"inner":{"flags":[true]}}""");
        Assert.True(outcome.IsSuccess);
        Assert.Equal("hé 😀 ü", outcome.Value.Text);
        Assert.Equal(3, outcome.Value.Count);
        Assert.True(outcome.Value.Inner!.Flags[0]);
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("Application/JSON; charset=\"UTF-8\"", false)]
    [InlineData("application/json; charset=utf-16", false)]
    [InlineData("application/problem+json", false)]
    [InlineData("application/jsonp", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/json", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData("multipart/form-data; boundary=x", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task Only_JSON_is_taken(string? contentType, bool taken)
    {
        Outcome<Sample> outcome = await ReadAsync("""{"text":"x"}""", contentType: contentType);
        Assert.Equal(taken ? null : SecureChatErrors.UnsupportedMediaType, outcome.Error);
    }

    [Fact]
    public async Task A_compressed_body_is_not_taken() =>
        Assert.Same(SecureChatErrors.UnsupportedMediaType, (await ReadAsync("""{"text":"x"}""", encoding: "gzip")).Error);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_size_limit_holds_to_the_byte_with_and_without_a_stated_length(bool statesLength)
    {
        foreach (int limit in new[] { 13, 1023, 1024, 1025, 5000, 70_000 })
        {
            string exact = $"{{\"text\":\"{new string('a', limit - 11)}\"}}";
            Assert.Equal(limit, exact.Length);
            Assert.True((await ReadAsync(exact, limit, statesLength: statesLength)).IsSuccess);
            Assert.Same(SecureChatErrors.TooLarge, (await ReadAsync(exact + " ", limit, statesLength: statesLength)).Error);
            Assert.Same(SecureChatErrors.TooLarge, (await ReadAsync(exact + new string(' ', 200_000), limit, statesLength: statesLength)).Error);
        }
    }

    [Theory]
    [InlineData("", "$")]
    [InlineData("   ", "$")]
    [InlineData("null", "$")]
    [InlineData("[]", "$")]
    [InlineData("{", "$")]
    [InlineData("{} {}", "$")]
    [InlineData("{}", "$")]
    [InlineData("""{"text":"x",}""", "$")]
    [InlineData("""{"text":"x"/* c */}""", "$")]
    [InlineData("""{'text':'x'}""", "$")]
    [InlineData("""{"text":null}""", "$.text")]
    [InlineData("""{"text":4111111111111111}""", "$.text")]
    [InlineData("""{"text":"x","count":"3"}""", "$.count")]
    [InlineData("""{"text":"x","count":3.5}""", "$.count")]
    [InlineData("""{"text":"x","count":99999999999}""", "$.count")]
    [InlineData("""{"text":"x","count":NaN}""", "$")]
    [InlineData("""{"text":"x","text":"4111111111111111"}""", "$.text")]
    [InlineData("""{"text":"x","role":"admin"}""", "$.role")]
    [InlineData("""{"text":"x","isAgent":true}""", "$.isAgent")]
    [InlineData("""{"text":"x","__proto__":{}}""", "$.__proto__")]
    [InlineData("""{"text":"x","constructor":{}}""", "$.constructor")]
    [InlineData("""{"text":"x","$type":"System.String"}""", "$")]
    [InlineData("""{"TEXT":"x"}""", "$.TEXT")]
    [InlineData("""{"text":"x","4111111111111111":1}""", "$")]
    [InlineData("""{"text":"x","a b":1}""", "$")]
    [InlineData("""{"text":"x","inner":{"flags":[true,"4111111111111111"]}}""", "$.inner.flags[1]")]
    [InlineData("""{"text":"\ud800"}""", "$")]
    [InlineData("""{"text":"\ude00\ud83d"}""", "$")]
    [InlineData("""{"text":"\ud83dx\ude00"}""", "$")]
    [InlineData("""{"\ud800":"x"}""", "$")]
    [InlineData("\ufeff{\"text\":\"x\"}", "$")]
    public async Task What_is_not_documented_is_refused_by_path_and_never_quoted(string body, string path)
    {
        Outcome<Sample> outcome = await ReadAsync(body);
        Assert.Same(SecureChatErrors.InvalidRequest, outcome.Error);
        string facts = JsonSerializer.Serialize(outcome.Facts);
        Assert.DoesNotContain(Secret, facts, StringComparison.Ordinal);
        Assert.Equal(path, Assert.Single(((Dictionary<string, string[]>)outcome.Facts!["errors"]!).Keys));
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(17, false)]
    [InlineData(10_000, false)]
    public async Task Depth_is_limited(int depth, bool wellFormed)
    {
        string body = $"{{\"text\":\"x\",\"deep\":{new string('[', depth - 1)}{new string(']', depth - 1)}}}";
        Outcome<Sample> outcome = await ReadAsync(body, 100_000);
        Assert.Equal(wellFormed ? "$.deep" : "$", Assert.Single(((Dictionary<string, string[]>)outcome.Facts!["errors"]!).Keys));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        byte[] body = [.. "{\"text\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Same(SecureChatErrors.InvalidRequest, (await ReadAsync(body, 1000)).Error);
        byte[] overlong = [.. "{\"text\":\""u8, 0xC0, 0xAF, .. "\"}"u8];
        Assert.Same(SecureChatErrors.InvalidRequest, (await ReadAsync(overlong, 1000)).Error);
        byte[] surrogate = [.. "{\"text\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8];
        Assert.Same(SecureChatErrors.InvalidRequest, (await ReadAsync(surrogate, 1000)).Error);
    }

    [Fact]
    public void The_missing_members_are_named()
    {
        Outcome<Sample> outcome = RequestBody.Parse<Sample>("{}"u8);
        Assert.Contains("Required: text.", ((Dictionary<string, string[]>)outcome.Facts!["errors"]!)["$"][0], StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_throw() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll<byte[]>(static bytes =>
        {
            Outcome<Sample> outcome = RequestBody.Parse<Sample>(bytes);
            return outcome.IsSuccess || outcome.Error == SecureChatErrors.InvalidRequest;
        }));

    [Fact]
    public void Any_text_comes_back_as_it_was_sent() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll<string?>(static text =>
        {
            // What has a UTF-8 form is kept exactly; what has none (half a character) is refused, also when it is escaped.
            string safe = text ?? string.Empty;
            bool hasForm = safe == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(safe));
            string escaped = string.Concat(safe.Select(static unit => $"\\u{(int)unit:x4}"));
            Outcome<Sample> outcome = RequestBody.Parse<Sample>(Encoding.UTF8.GetBytes($"{{\"text\":\"{escaped}\"}}"));
            return hasForm ? outcome.IsSuccess && outcome.Value.Text == safe : outcome.Error == SecureChatErrors.InvalidRequest;
        }));

    [Theory]
    [InlineData(null, "$")]
    [InlineData("", "$")]
    [InlineData("text", "$")]
    [InlineData("$.a.b-c[3]._d", "$.a.b-c[3]._d")]
    [InlineData("$.a['4111 1111']", "$.a")]
    [InlineData("$.line2", "$.line2")]
    [InlineData("$.consent.sha256", "$.consent.sha256")]
    [InlineData("$.737", "$")]
    [InlineData("$.consent.cvc0427", "$.consent")]
    [InlineData("$.a.4111111111111111.b", "$.a")]
    [InlineData("$.a[12345]", "$.a")]
    [InlineData("$.a[", "$.a")]
    [InlineData("$.a.", "$.a")]
    [InlineData("$.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "$")]
    [InlineData("$x", "$")]
    public void A_path_is_cut_where_it_could_quote_somebody(string? path, string safe) => Assert.Equal(safe, RequestBody.SafePath(path));

    private static ValueTask<Outcome<Sample>> ReadAsync(
        string body, int maxBytes = 10_000, string? contentType = "application/json", bool statesLength = true, string? encoding = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(body), maxBytes, contentType, statesLength, encoding);

    private static ValueTask<Outcome<Sample>> ReadAsync(
        byte[] body, int maxBytes, string? contentType = "application/json", bool statesLength = true, string? encoding = null)
    {
        var context = new DefaultHttpContext();
        context.Request.ContentType = contentType;
        context.Request.ContentLength = statesLength ? body.Length : null;
        if (encoding is not null)
        {
            context.Request.Headers.ContentEncoding = encoding;
        }

        context.Request.Body = new SmallReads(body);
        return RequestBody.ReadAsync<Sample>(context, maxBytes, CancellationToken.None);
    }

    /// <summary>A network gives bytes as it likes.</summary>
    private sealed class SmallReads(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 777)], cancellationToken);
    }

    private sealed class Sample
    {
        public required string Text { get; init; }

        public int Count { get; init; }

        public InnerSample? Inner { get; init; }
    }

    private sealed class InnerSample
    {
        public required IReadOnlyList<bool> Flags { get; init; }
    }
}
