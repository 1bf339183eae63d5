using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Masking;

namespace SecureChat.Host.Tests.OwnApp;

/// <summary>An endpoint of the host's own sees masked bodies, and nothing at all of what cannot be checked.</summary>
public sealed class RequestMaskingTests
{
    private const string Card = OwnHost.Card, Masked = OwnHost.MaskedCard;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json", "{\"text\" : \"card 4242 4242 4242 4242\",\n \"n\":1.50, \"text\":\"\\u00e9\"}", "{\"text\" : \"card •••• •••• •••• 4242\",\n \"n\":1.50, \"text\":\"\\u00e9\"}")]
    [InlineData("application/json; charset=UTF-8", "\"4242 4242 4242 4242\"", "\"•••• •••• •••• 4242\"")]
    [InlineData("application/vnd.shop+json", "[\"\\u0034242424242424242\"]", "[\"••••••••••••4242\"]")]
    [InlineData("application/json", "{\"card\":4242424242424242}", "{\"card\":\"••••••••••••4242\"}")]
    [InlineData("application/json", "[-1, 4.242424242424242e15 ]", "[-1, \"••••••••••••4242\" ]")]
    [InlineData("application/json", "{\"4242424242424242\":{\"a\":[1,{\"b\":null}]}}", "{\"••••••••••••4242\":{\"a\":[1,{\"b\":null}]}}")]
    [InlineData("application/json", "{\"cvv\":\"123\",\"count\":\"123\"}", "{\"cvv\":\"•••\",\"count\":\"123\"}")]
    [InlineData("application/json", "{\"cvv\":123,\"count\":123}", "{\"cvv\":\"•••\",\"count\":123}")]
    [InlineData("application/json", "{\"note\":\"<b>4242 4242 4242 4242</b>\"}", "{\"note\":\"\\u003Cb\\u003E•••• •••• •••• 4242\\u003C/b\\u003E\"}")]
    [InlineData("application/x-ndjson", "{\"a\":\"4242 4242 4242 4242\"}\r\n\n{\"a\":1}\n", "{\"a\":\"•••• •••• •••• 4242\"}\r\n\n{\"a\":1}\n")]
    [InlineData("text/plain", "card 4242 4242 4242 4242", "card •••• •••• •••• 4242")]
    [InlineData("text/plain; charset=us-ascii", "nothing here", "nothing here")]
    [InlineData("application/x-www-form-urlencoded", "a=b&text=4242+4242%204242+4242&c&=&a=%C3%A9", "a=b&text=%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2%20%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2%20%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2%204242&c&=&a=%C3%A9")]
    public async Task An_endpoint_sees_the_masked_body_and_every_other_byte_as_it_was(string contentType, string sent, string seen)
    {
        await using OwnHost host = await OwnHost.StartAsync(static app =>
        {
            app.MapPost("/stream", EchoAsync).MaskRequest();
            app.MapPost("/pipe", PipeAsync).MaskRequest();
        });
        Assert.Equal(seen, await OwnHost.TextOf(await host.PostAsync("/stream", sent, contentType)));
        Assert.Equal(seen, await OwnHost.TextOf(await host.PostAsync("/pipe", sent, contentType)));
    }

    [Theory]
    [InlineData("application/json", "{\"note\":\"4242 4242 4242 4242\"}")]
    [InlineData("application/json", "{\"card\":4242424242424242}")]
    [InlineData("application/x-www-form-urlencoded", "a=b&text=4242+4242%204242+4242")]
    [InlineData("text/plain", "card 4242 4242 4242 4242")]
    public async Task What_a_policy_blocks_never_reaches_the_endpoint(string contentType, string body)
    {
        int calls = 0;
        await using OwnHost host = await OwnHost.StartAsync(
            app =>
            {
                app.MapPost("/note", () => Interlocked.Increment(ref calls)).MaskRequest();
                app.MapGet("/note", static () => "card 4242 4242 4242 4242").MaskResponse();
            },
            static builder => builder.Services.AddSingleton(OwnHost.BlocksCards));
        HttpResponseMessage refused = await host.PostAsync("/note", body, contentType);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        using JsonDocument problem = JsonDocument.Parse(await OwnHost.TextOf(refused));
        Assert.Equal("SC2003", problem.RootElement.GetProperty("code").GetString());
        Assert.Equal(["payment-card"], problem.RootElement.GetProperty("kinds").EnumerateArray().Select(static kind => kind.GetString()));
        Assert.Equal(0, calls);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/note", "{\"note\":\"nothing\"}")).StatusCode);
        Assert.Equal(1, calls);

        // What goes out is there already, and is masked.
        Assert.Equal("card " + Masked, await host.Client.GetStringAsync(new Uri("/note", UriKind.Relative), Token));
        Assert.DoesNotContain(host.Logs, static log => log.Contains("4242 4242", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Minimal_endpoints_controllers_and_groups_bind_what_was_masked()
    {
        await using OwnHost host = await OwnHost.StartAsync(
            static app =>
            {
                app.UseAntiforgery();
                RouteGroupBuilder group = app.MapGroup("/group").MaskRequest();
                group.MapPost("/note", static (Note note) => note.Text);
                group.MapPost("/form", static (IFormCollection form) => form["text"].ToString()).DisableAntiforgery();
                group.MapPost("/open", static (Note note) => note.Text).MaskRequest(new EndpointMaskingOptions { LeaveAlone = ["$"] });
                app.MapPost("/read", static (HttpContext context) => context.Request.Form["text"].ToString()).MaskRequest();
                app.MapControllers().MaskRequest();
            },
            static builder =>
            {
                builder.Services.AddAntiforgery();
                builder.Services.AddControllers().AddApplicationPart(typeof(NotesController).Assembly);
            });
        string note = JsonSerializer.Serialize(new Note { Text = Card });
        string form = "text=" + Uri.EscapeDataString(Card);
        const string Form = "application/x-www-form-urlencoded";
        Assert.Equal(Masked, await OwnHost.TextOf(await host.PostAsync("/group/note", note)));
        Assert.Equal(Masked, await OwnHost.TextOf(await host.PostAsync("/group/form", form, Form)));
        Assert.Equal(Card, await OwnHost.TextOf(await host.PostAsync("/group/open", note)));
        Assert.Equal(Masked, await OwnHost.TextOf(await host.PostAsync("/read", form, Form)));
        Assert.Contains("4242\"", await OwnHost.TextOf(await host.PostAsync("/controller/notes", note)), StringComparison.Ordinal);
        Assert.DoesNotContain(Card, await OwnHost.TextOf(await host.PostAsync("/controller/notes", note)), StringComparison.Ordinal);
        Assert.Equal(Masked, await OwnHost.TextOf(await host.PostAsync("/controller/form", form, Form)));

        // A number that became a string is no number: the binder refuses, the handler never sees it.
        Assert.Equal(HttpStatusCode.BadRequest, (await host.PostAsync("/group/note", "{\"Number\":4242424242424242}")).StatusCode);
    }

    [Theory]
    [InlineData("application/json", "{\"a\":", 400, "SC6001")]
    [InlineData("application/json", "{\"a\":1} {\"b\":2}", 400, "SC6001")]
    [InlineData("application/json", "{\"a\":\"\\ud800\"}", 400, "SC6001")]
    [InlineData("application/json", "{a:1}", 400, "SC6001")]
    [InlineData("application/json", "{\"a\":1,}", 400, "SC6001")]
    [InlineData("application/x-ndjson", "{\"a\":1}\n{\"a\"", 400, "SC6001")]
    [InlineData("application/x-www-form-urlencoded", "a=%ff", 400, "SC6001")]
    [InlineData("application/json; charset=utf-16", "{}", 415, "SC6018")]
    [InlineData("text/plain; charset=iso-8859-1", "x", 415, "SC6018")]
    [InlineData("application/octet-stream", "x", 415, "SC6018")]
    [InlineData("multipart/form-data; boundary=x", "--x--", 415, "SC6018")]
    [InlineData("text/html", "x", 415, "SC6018")]
    [InlineData("nonsense", "x", 415, "SC6018")]
    [InlineData(null, "x", 415, "SC6018")]
    public async Task What_cannot_be_checked_never_reaches_the_endpoint(string? contentType, string body, int status, string code)
    {
        int called = 0;
        await using OwnHost host = await OwnHost.StartAsync(app => app.MapPost("/", () => Interlocked.Increment(ref called)).MaskRequest());
        HttpResponseMessage answer = await host.PostAsync("/", body, contentType);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, await Web.WebHost.CodeOf(answer));
        Assert.Equal(0, called);
    }

    [Fact]
    public async Task Broken_bytes_depth_and_size_are_refused_with_and_without_a_length()
    {
        int called = 0;
        await using OwnHost host = await OwnHost.StartAsync(app => app.MapPost("/", () => Interlocked.Increment(ref called)).MaskRequest(new EndpointMaskingOptions { MaxBodyBytes = 1000 }));
        Assert.Equal("SC6001", await Web.WebHost.CodeOf(await host.PostAsync("/", [(byte)'"', 0xff, (byte)'"'], "application/json")));
        Assert.Equal("SC6001", await Web.WebHost.CodeOf(await host.PostAsync("/", [0xc3], "text/plain")));
        Assert.Equal("SC6001", await Web.WebHost.CodeOf(await host.PostAsync("/", new string('[', 200) + new string(']', 200))));
        Assert.Equal("SC6009", await Web.WebHost.CodeOf(await host.PostAsync("/", new string(' ', 1001) + "1")));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(new string(' ', 5000) + "1", Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        HttpResponseMessage chunked = await host.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
        Assert.Equal(0, called);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/", new string(' ', 999) + "1")).StatusCode);
    }

    [Fact]
    public async Task A_compressed_body_is_refused_or_unpacked_before()
    {
        byte[] packed = Gzip($"\"{Card}\"");
        await using (OwnHost host = await OwnHost.StartAsync(static app => app.MapPost("/", EchoAsync).MaskRequest()))
        {
            Assert.Equal("SC6018", await Web.WebHost.CodeOf(await host.PostAsync("/", packed, "application/json", "gzip")));
            Assert.Equal($"\"{Masked}\"", await OwnHost.TextOf(await host.PostAsync("/", Encoding.UTF8.GetBytes($"\"{Card}\""), "application/json", "identity")));
        }

        await using OwnHost unpacking = await OwnHost.StartAsync(
            static app =>
            {
                app.UseRequestDecompression();
                app.MapPost("/", EchoAsync).MaskRequest();
            },
            static builder => builder.Services.AddRequestDecompression());
        Assert.Equal($"\"{Masked}\"", await OwnHost.TextOf(await unpacking.PostAsync("/", packed, "application/json", "gzip")));
    }

    [Fact]
    public async Task A_request_without_a_body_passes_whatever_its_type()
    {
        await using OwnHost host = await OwnHost.StartAsync(static app => app.MapMethods("/", ["GET", "POST", "DELETE"], static () => "ok").MaskRequest());
        Assert.Equal("ok", await host.Client.GetStringAsync("/", Token));
        Assert.Equal("ok", await OwnHost.TextOf(await host.PostAsync("/", "", "image/png")));
        Assert.Equal("ok", await OwnHost.TextOf(await host.Client.DeleteAsync("/", Token)));
    }

    [Fact]
    public async Task A_form_that_somebody_read_before_is_masked_too()
    {
        await using OwnHost host = await OwnHost.StartAsync(static app =>
        {
            app.Use(static async (context, next) =>
            {
                await context.Request.ReadFormAsync();
                await next(context);
            });
            app.UseRouting();
            app.MapPost("/", static (HttpContext context) => context.Request.Form["text"].ToString()).MaskRequest();
        });
        Assert.Equal(Masked, await OwnHost.TextOf(await host.PostAsync("/", "text=" + Card, "application/x-www-form-urlencoded")));
        using var upload = new MultipartFormDataContent { { new StringContent(Card), "text" } };
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await host.Client.PostAsync("/", upload, Token)).StatusCode);
    }

    [Fact]
    public async Task A_buffered_body_that_somebody_read_before_is_masked_too()
    {
        await using OwnHost host = await OwnHost.StartAsync(static app =>
        {
            app.Use(static async (context, next) =>
            {
                context.Request.EnableBuffering();
                using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
                await reader.ReadToEndAsync();
                await next(context);
            });
            app.UseRouting();
            app.MapPost("/", EchoAsync).MaskRequest();
        });
        Assert.Equal($"\"{Masked}\"", await OwnHost.TextOf(await host.PostAsync("/", $"\"{Card}\"")));
    }

    [Theory]
    [InlineData("email", "{\"email\":\"a@shop.example\",\"b\":\"a@shop.example\",\"c\":{\"email\":[\"a@shop.example\"]}}", "{\"email\":\"a@shop.example\",\"b\":\"*\",\"c\":{\"email\":[\"a@shop.example\"]}}")]
    [InlineData("$.c.email", "{\"email\":\"a@shop.example\",\"c\":{\"email\":{\"x\":\"a@shop.example\"}}}", "{\"email\":\"*\",\"c\":{\"email\":{\"x\":\"a@shop.example\"}}}")]
    [InlineData("$.items[*].id", "{\"items\":[{\"id\":\"4242424242424242\",\"n\":\"4242424242424242\"}]}", "{\"items\":[{\"id\":\"4242424242424242\",\"n\":\"*\"}]}")]
    [InlineData("$[*]", "[\"4242424242424242\",{\"a\":\"4242424242424242\"},\"4242424242424242\"]", "[\"4242424242424242\",{\"a\":\"4242424242424242\"},\"4242424242424242\"]")]
    [InlineData("Email", "{\"email\":\"a@shop.example\"}", "{\"email\":\"*\"}")]
    public async Task What_an_app_needs_is_left_alone_by_name_or_path(string entry, string sent, string seen)
    {
        await using OwnHost host = await OwnHost.StartAsync(app => app.MapPost("/", EchoAsync).MaskRequest(new EndpointMaskingOptions { LeaveAlone = [entry] }));
        string got = await OwnHost.TextOf(await host.PostAsync("/", sent));
        using JsonDocument one = JsonDocument.Parse(got), other = JsonDocument.Parse(seen);
        Assert.Equal(seen, System.Text.RegularExpressions.Regex.Replace(got, "\"[^\"]*•[^\"]*\"", "\"*\""));
    }

    [Fact]
    public async Task Numbers_names_other_texts_and_the_engine_are_the_hosts_choice()
    {
        await using OwnHost host = await OwnHost.StartAsync(
            static app =>
            {
                app.MapPost("/", EchoAsync).MaskRequest(new EndpointMaskingOptions
                {
                    MaskNames = false, MaskNumbers = false, TextTypes = ["text/csv"], Unmaskable = UnmaskableContent.Pass, Engine = MaskingEngine.Create(new MaskingEngineOptions { Kinds = ["payment-card"] }),
                });
                app.MapPost("/services", EchoAsync).MaskRequest();
            },
            static builder => builder.Services.AddSingleton(MaskingEngine.Create(new MaskingEngineOptions { Kinds = ["email"] })));
        Assert.Equal("{\"4242424242424242\":4242424242424242,\"a\":\"a@shop.example\"}", await OwnHost.TextOf(await host.PostAsync("/", "{\"4242424242424242\":4242424242424242,\"a\":\"a@shop.example\"}")));
        Assert.Equal(Masked + ",x", await OwnHost.TextOf(await host.PostAsync("/", Card + ",x", "text/csv")));
        Assert.Equal(Card, await OwnHost.TextOf(await host.PostAsync("/", Card, "text/plain")));

        // The engine of the services is what other endpoints mask with.
        string seen = await OwnHost.TextOf(await host.PostAsync("/services", Card + " a@shop.example", "text/plain"));
        Assert.StartsWith(Card, seen, StringComparison.Ordinal);
        Assert.DoesNotContain("a@shop.example", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_masker_refuses_and_says_nothing_of_the_body()
    {
        int called = 0;
        await using OwnHost host = await OwnHost.StartAsync(
            app => app.MapPost("/", () => Interlocked.Increment(ref called)).MaskRequest(),
            static builder => builder.Services.AddSingleton(OwnHost.Broken));
        HttpResponseMessage answer = await host.PostAsync("/", "{\"a\":\"planted-secret\"}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("SC2001", await Web.WebHost.CodeOf(answer));
        Assert.Equal(0, called);
        Assert.Contains(host.Logs, static line => line.StartsWith("1110 ", StringComparison.Ordinal) && line.Contains("InvalidOperationException", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs, static line => line.Contains("planted-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_WebSocket_does_not_open_past_the_masking()
    {
        await using OwnHost host = await OwnHost.StartAsync(static app =>
        {
            app.UseWebSockets();
            app.Map("/open", SocketAsync);
            app.Map("/request", SocketAsync).MaskRequest();
            app.Map("/response", SocketAsync).MaskResponse();
        });
        Assert.True(await OpensAsync(host, "/open"));
        Assert.False(await OpensAsync(host, "/request"));
        Assert.False(await OpensAsync(host, "/response"));
    }

    [Fact]
    public async Task Many_at_once_get_each_their_own()
    {
        await using OwnHost host = await OwnHost.StartAsync(static app => app.MapPost("/", EchoAsync).MaskRequest().MaskResponse());
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{{\"n\":\"call {i}\",\"card\":\"{Card}\"}}");
            Assert.Equal(text.Replace(Card, Masked, StringComparison.Ordinal), await OwnHost.TextOf(await host.PostAsync("/", text)));
        }));
    }

    [Fact]
    public void A_body_in_which_nothing_is_found_is_the_same_bytes()
    {
        var masker = new BodyMasker(new TextMasking(MaskingEngine.Default), new EndpointMaskingOptions(), MaskingTelemetry.Request);
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] body = Encoding.UTF8.GetBytes(Anything(random, 0));
            ReadOnlyMemory<byte> masked = masker.Mask(body, BodyShape.Json);
            using var before = JsonDocument.Parse(body);
            using var after = JsonDocument.Parse(masked);
            if (masked.Span.SequenceEqual(body))
            {
                continue;
            }

            // Something was found: it is JSON still, of the same shape, and masking it again changes nothing.
            Assert.Contains('•', Encoding.UTF8.GetString(masked.Span));
            Assert.True(masker.Mask(masked, BodyShape.Json).Span.SequenceEqual(masked.Span));
            Assert.DoesNotContain("4242424242424242", Encoding.UTF8.GetString(masked.Span), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("123,", "1")]
    [InlineData("\"\",", "1")]
    [InlineData("{\"cvv\":\"x\"},", "1")]
    [InlineData("4242424242424242,", "1")]
    public void The_largest_body_of_the_smallest_parts_takes_time_in_proportion(string part, string last)
    {
        var masker = new BodyMasker(new TextMasking(MaskingEngine.Default), new EndpointMaskingOptions(), MaskingTelemetry.Request);
        byte[] body = Encoding.UTF8.GetBytes("[" + string.Concat(Enumerable.Repeat(part, 1024 * 1024 / part.Length)) + last + "]");
        masker.Mask(Encoding.UTF8.GetBytes("[" + part + last + "]"), BodyShape.Json);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        masker.Mask(body, BodyShape.Json);
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.ElapsedMilliseconds} ms for {body.Length} bytes of {part}");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
    }

    private static string Anything(Random random, int depth) => random.Next(depth > 5 ? 6 : 8) switch
    {
        0 => "null",
        1 => "true",
        2 => random.Next(1000).ToString(CultureInfo.InvariantCulture),
        3 => "4242424242424242",
        4 => "\"\\u00e9\\n\\ud83d\\ude00 \\\"4242 4242 4242 4242\\\"\"",
        5 => "\"word\"",
        6 => $"[ {string.Join(" ,", Enumerable.Range(0, random.Next(4)).Select(_ => Anything(random, depth + 1)))}]",
        _ => $"{{{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(i => $"\"{(random.Next(5) == 0 ? "4242424242424242" : "name" + i.ToString(CultureInfo.InvariantCulture))}\" : {Anything(random, depth + 1)}"))}}}",
    };

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        string text = await reader.ReadToEndAsync();
        context.Response.ContentType = context.Request.ContentType;
        await context.Response.WriteAsync(text);
    }

    private static async Task PipeAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.BodyReader.CopyToAsync(copy);
        Assert.Equal(context.Request.ContentLength ?? copy.Length, copy.Length);
        await context.Response.Body.WriteAsync(copy.ToArray());
    }

    private static async Task SocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = 400;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private static async Task<bool> OpensAsync(OwnHost host, string path)
    {
        using var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(host.Client.BaseAddress!, path)) { Scheme = "ws" }.Uri, Token);
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
