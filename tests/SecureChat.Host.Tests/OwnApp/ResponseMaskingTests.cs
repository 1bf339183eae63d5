using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Host.Tests.OwnApp;

/// <summary>What a host's own endpoint answers leaves masked, or does not leave.</summary>
public sealed class ResponseMaskingTests
{
    private const string Card = OwnHost.Card, Masked = OwnHost.MaskedCard;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_are_masked_and_keep_status_and_headers_of_their_own()
    {
        await using OwnHost host = await OwnHost.StartAsync(
            static app =>
            {
                app.MapGet("/json", static () => Results.Json(new Note { Text = Card }, statusCode: 418)).MaskResponse();
                app.MapGet("/text", static (HttpContext context) =>
                {
                    context.Response.Headers["X-Own"] = "kept";
                    context.Response.Headers.ETag = "\"raw\"";
                    context.Response.Headers["Content-Digest"] = "sha-256=:raw:";
                    context.Response.ContentType = "text/plain";
                    context.Response.ContentLength = Card.Length;
                    return context.Response.WriteAsync(Card);
                }).MaskResponse();
                app.MapGet("/clean", static (HttpContext context) =>
                {
                    context.Response.Headers.ETag = "\"raw\"";
                    context.Response.ContentType = "text/plain";
                    return context.Response.WriteAsync("nothing");
                }).MaskResponse();
                app.MapGet("/problem", static () => Results.Problem("refused: " + Card)).MaskResponse();
                app.MapGet("/lines", static () => Results.Text($"{{\"a\":\"{Card}\"}}\n{{\"a\":4242424242424242}}\n", "application/x-ndjson")).MaskResponse();
                app.MapControllers().MaskResponse();
            },
            static builder => builder.Services.AddControllers().AddApplicationPart(typeof(NotesController).Assembly));
        HttpResponseMessage json = await host.Client.GetAsync("/json", Token);
        Assert.Equal(418, (int)json.StatusCode);
        Assert.Equal($"{{\"text\":\"{Masked}\",\"number\":null}}", await OwnHost.TextOf(json));

        HttpResponseMessage text = await host.Client.GetAsync("/text", Token);
        Assert.Equal(Masked, await OwnHost.TextOf(text));
        Assert.Equal(Encoding.UTF8.GetByteCount(Masked), text.Content.Headers.ContentLength);
        Assert.Equal("kept", text.Headers.GetValues("X-Own").Single());
        Assert.Null(text.Headers.ETag);
        Assert.False(text.Headers.Contains("Content-Digest") || text.Content.Headers.Contains("Content-Digest"));

        HttpResponseMessage clean = await host.Client.GetAsync("/clean", Token);
        Assert.Equal("\"raw\"", clean.Headers.ETag!.Tag);
        Assert.Equal(7, clean.Content.Headers.ContentLength);

        HttpResponseMessage problem = await host.Client.GetAsync("/problem", Token);
        Assert.Equal(500, (int)problem.StatusCode);
        Assert.Contains("refused: " + Masked, await OwnHost.TextOf(problem), StringComparison.Ordinal);
        Assert.Equal($"{{\"a\":\"{Masked}\"}}\n{{\"a\":\"••••••••••••4242\"}}\n", await host.Client.GetStringAsync("/lines", Token));
        Assert.Equal($"{{\"text\":\"{Masked}\",\"number\":null}}", await host.Client.GetStringAsync("/controller/raw", Token));
    }

    [Fact]
    public async Task However_it_is_written_nothing_leaves_before_it_is_whole()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Card, Token);
        await using OwnHost host = await OwnHost.StartAsync(app =>
        {
            app.MapGet("/pieces", static async (HttpContext context) =>
            {
                context.Response.ContentType = "text/plain";
                await context.Response.StartAsync();
                foreach (char c in Card)
                {
                    await context.Response.WriteAsync(c.ToString());
                    await context.Response.Body.FlushAsync();
                }

                await context.Response.CompleteAsync();
            }).MaskResponse();
            app.MapGet("/pipe", static async (HttpContext context) =>
            {
                context.Response.ContentType = "text/plain";
                foreach (char c in Card)
                {
                    context.Response.BodyWriter.Write(Encoding.ASCII.GetBytes([c]));
                }

                await context.Response.BodyWriter.FlushAsync();
            }).MaskResponse();
            app.MapGet("/file", async (HttpContext context) =>
            {
                context.Response.ContentType = "text/plain";
                await context.Response.SendFileAsync(file);
            }).MaskResponse();
            app.MapGet("/range", () => Results.File(file, "text/plain", enableRangeProcessing: true)).MaskResponse();
            app.MapGet("/async", static () => Pieces()).MaskResponse();
        });
        Assert.Equal(Masked, await host.Client.GetStringAsync("/pieces", Token));
        Assert.Equal(Masked, await host.Client.GetStringAsync("/pipe", Token));
        Assert.Equal(Masked, await host.Client.GetStringAsync("/file", Token));
        Assert.Equal($"[\"{Masked}\",\"x\"]", await host.Client.GetStringAsync("/async", Token));
        using var part = new HttpRequestMessage(HttpMethod.Get, "/range");
        part.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(0, 8);
        HttpResponseMessage whole = await host.Client.SendAsync(part, Token);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        Assert.Equal(Masked, await OwnHost.TextOf(whole));
        Assert.Empty(whole.Headers.AcceptRanges);
        Assert.Null(whole.Content.Headers.LastModified);
        File.Delete(file);

        static async IAsyncEnumerable<string> Pieces()
        {
            yield return Card;
            await Task.Yield();
            yield return "x";
        }
    }

    [Fact]
    public async Task Answers_without_a_body_stay_as_they_are()
    {
        await using OwnHost host = await OwnHost.StartAsync(static app =>
        {
            app.MapGet("/none", static () => Results.NoContent()).MaskResponse();
            app.MapGet("/same", static (HttpContext context) =>
            {
                context.Response.StatusCode = 304;
                context.Response.Headers.ETag = "\"a\"";
            }).MaskResponse();
            app.MapGet("/empty", static () => Results.Text("")).MaskResponse();
            app.MapGet("/moved", static () => Results.Redirect("/none")).MaskResponse();
            app.MapMethods("/head", ["HEAD"], static (HttpContext context) =>
            {
                context.Response.ContentType = "text/plain";
                context.Response.ContentLength = 16;
            }).MaskResponse();
            app.MapMethods("/headbody", ["HEAD", "GET"], static () => Results.Text(Card)).MaskResponse();
        });
        Assert.Equal(204, (int)(await host.Client.GetAsync("/none", Token)).StatusCode);
        HttpResponseMessage same = await host.Client.GetAsync("/same", Token);
        Assert.Equal((304, "\"a\""), ((int)same.StatusCode, same.Headers.ETag!.Tag));
        Assert.Equal("", await host.Client.GetStringAsync("/empty", Token));
        Assert.Equal(302, (int)(await host.Client.GetAsync("/moved", Token)).StatusCode);

        // The length of what was not masked is not told.
        using var head = new HttpRequestMessage(HttpMethod.Head, "/head");
        HttpResponseMessage bare = await host.Client.SendAsync(head, Token);
        Assert.Equal(200, (int)bare.StatusCode);
        Assert.NotEqual(16, bare.Content.Headers.ContentLength);
        using var headBody = new HttpRequestMessage(HttpMethod.Head, "/headbody");
        Assert.Equal(Encoding.UTF8.GetByteCount(Masked), (await host.Client.SendAsync(headBody, Token)).Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("/broken", "BrokenBody")]
    [InlineData("/bytes", "ContentType")]
    [InlineData("/typeless", "ContentType")]
    [InlineData("/packed", "ContentType")]
    [InlineData("/large", "TooLarge")]
    [InlineData("/swallowed", "TooLarge")]
    [InlineData("/endless", "TooLarge")]
    public async Task An_answer_that_cannot_be_checked_is_withheld_to_the_last_byte(string path, string why)
    {
        await using OwnHost host = await OwnHost.StartAsync(static app =>
        {
            var options = new EndpointMaskingOptions { MaxBodyBytes = 2000 };
            app.MapGet("/broken", static () => Results.Text("{\"planted-secret\":", "application/json")).MaskResponse(options);
            app.MapGet("/bytes", static () => Results.Bytes(Encoding.UTF8.GetBytes("planted-secret"), "application/octet-stream")).MaskResponse(options);
            app.MapGet("/typeless", static (HttpContext context) => context.Response.WriteAsync("planted-secret")).MaskResponse(options);
            app.MapGet("/packed", static (HttpContext context) =>
            {
                context.Response.Headers.ContentEncoding = "gzip";
                context.Response.ContentType = "text/plain";
                return context.Response.WriteAsync("planted-secret");
            }).MaskResponse(options);
            app.MapGet("/large", static (HttpContext context) =>
            {
                context.Response.ContentType = "text/plain";
                context.Response.Headers["X-Own"] = "planted-secret";
                return context.Response.WriteAsync("planted-secret" + new string('x', 5000));
            }).MaskResponse(options);
            app.MapGet("/swallowed", static async (HttpContext context) =>
            {
                context.Response.ContentType = "text/plain";
                try
                {
                    await context.Response.WriteAsync("planted-secret" + new string('x', 5000));
                }
                catch (IOException)
                {
                    await Assert.ThrowsAsync<IOException>(async () => await context.Response.WriteAsync("planted-secret"));
                }
            }).MaskResponse(options);
            app.MapGet("/endless", static async (HttpContext context) =>
            {
                context.Response.ContentType = "text/plain";
                while (true)
                {
                    await context.Response.WriteAsync("planted-secret");
                }
            }).MaskResponse(options);
        });
        HttpResponseMessage answer = await host.Client.GetAsync(path, Token);
        string text = await OwnHost.TextOf(answer);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("SC2002", await Web.WebHost.CodeOf(answer));
        Assert.DoesNotContain("planted-secret", text + answer.Headers, StringComparison.Ordinal);
        Assert.Contains(host.Logs, line => line.StartsWith("1111 ", StringComparison.Ordinal) && line.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fault_of_the_masker_and_a_fault_of_the_endpoint_send_no_raw_byte()
    {
        await using (OwnHost host = await OwnHost.StartAsync(
            static app => app.MapGet("/", static () => "planted-secret").MaskResponse(),
            static builder => builder.Services.AddSingleton(OwnHost.Broken)))
        {
            HttpResponseMessage answer = await host.Client.GetAsync("/", Token);
            Assert.Equal("SC2002", await Web.WebHost.CodeOf(answer));
            Assert.DoesNotContain("planted-secret", await OwnHost.TextOf(answer), StringComparison.Ordinal);
            Assert.DoesNotContain(host.Logs, static line => line.Contains("planted-secret", StringComparison.Ordinal));
        }

        await using OwnHost throwing = await OwnHost.StartAsync(static app =>
        {
            app.UseExceptionHandler(static handler => handler.Run(static context => context.Response.WriteAsync("sorry")));
            app.UseRouting();
            app.MapGet("/", static async (HttpContext context) =>
            {
                context.Response.ContentType = "text/plain";
                await context.Response.WriteAsync("planted-secret");
                await context.Response.Body.FlushAsync();
                throw new InvalidOperationException();
            }).MaskResponse();
        });
        HttpResponseMessage thrown = await throwing.Client.GetAsync("/", Token);
        Assert.Equal((500, "sorry"), ((int)thrown.StatusCode, await OwnHost.TextOf(thrown)));
    }

    [Fact]
    public async Task An_event_stream_is_masked_event_by_event_while_it_runs()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OwnHost host = await OwnHost.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($": {Card}\nevent: note\nid: 1\ndata: 4242 4242\ndata:  4242 4242\r\n");
            await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync($"\r\ndata: {{\"card\":4242424242424242}}\n\n");
            await context.Response.Body.FlushAsync();
            await goOn.Task;
            await context.Response.WriteAsync("data: clean\r\n\r\ndata: cut " + Card);
        }).MaskResponse());
        using HttpResponseMessage answer = await host.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        var seen = new List<string?>();
        for (int i = 0; i < 8; i++)
        {
            seen.Add(await reader.ReadLineAsync(Token));
        }

        string first = string.Join('\n', seen);
        Assert.Contains("event: note\nid: 1\n", first, StringComparison.Ordinal);
        Assert.Contains(": " + Masked, first, StringComparison.Ordinal);
        Assert.Contains("data: {\"card\":\"••••••••••••4242\"}", first, StringComparison.Ordinal);
        Assert.DoesNotContain("4242 4242", first, StringComparison.Ordinal);
        goOn.SetResult();
        Assert.Equal($"data: clean\n\ndata: cut {Masked}", (await reader.ReadToEndAsync(Token)).ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public async Task Events_of_the_framework_refusals_of_requests_and_packed_answers_are_masked_too()
    {
        await using OwnHost host = await OwnHost.StartAsync(
            static app =>
            {
                app.UseResponseCompression();
                app.MapGet("/events", static () => TypedResults.ServerSentEvents(Events(), "note")).MaskResponse();
                app.MapGet("/packed", static () => Card).MaskResponse();
                app.MapPost("/both", static (Note note) => note).MaskRequest().MaskResponse();
            },
            static builder => builder.Services.AddResponseCompression());
        Assert.Equal($"event: note\ndata: {Masked}\n\nevent: note\ndata: clean\n\n", await host.Client.GetStringAsync("/events", Token));
        Assert.Equal("SC6001", await Web.WebHost.CodeOf(await host.PostAsync("/both", "{")));
        Assert.Contains(Masked, await OwnHost.TextOf(await host.PostAsync("/both", $"{{\"text\":\"{Card}\"}}")), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/packed");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        HttpResponseMessage packed = await host.Client.SendAsync(request, Token);
        Assert.Equal("gzip", packed.Content.Headers.ContentEncoding.Single());
        Assert.Equal(Masked, await Web.WebHost.Unpacked(packed));

        static async IAsyncEnumerable<string> Events()
        {
            yield return Card;
            await Task.Yield();
            yield return "clean";
        }
    }

    [Fact]
    public async Task What_is_counted_says_kind_and_place()
    {
        var counted = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = static (instrument, own) =>
        {
            if (instrument.Meter.Name == SecureChatDiagnostics.MeterName && instrument.Name.StartsWith("securechat.masking.", StringComparison.Ordinal))
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => counted.Enqueue($"{instrument.Name} {count} {string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))}"));
        listener.Start();
        await using OwnHost host = await OwnHost.StartAsync(static app => app.MapPost("/", static (Note note) => note.Text).MaskRequest().MaskResponse(new EndpointMaskingOptions { MaxBodyBytes = 60 }));
        await host.PostAsync("/", $"{{\"text\":\"{Card} a@shop.example\"}}");
        await host.PostAsync("/", $"{{\"text\":\"{new string('x', 100)}\"}}");
        Assert.Contains("securechat.masking.span.found 1 kind=payment-card place=request", counted);
        Assert.Contains("securechat.masking.span.found 1 kind=email place=request", counted);
        Assert.Contains("securechat.masking.check.failed 1 place=response", counted);
    }

    [Fact]
    public async Task An_event_that_cannot_be_checked_ends_the_stream_and_is_not_sent()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OwnHost host = await OwnHost.StartAsync(app =>
        {
            app.MapGet("/large", async (HttpContext context) =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: first\n\n");
                await context.Response.Body.FlushAsync();
                await goOn.Task;
                await context.Response.WriteAsync("data: planted-secret" + new string('x', 5000));
                await context.Response.WriteAsync("\n\n");
            }).MaskResponse(new EndpointMaskingOptions { MaxBodyBytes = 1000 });
            app.MapGet("/broken", static async (HttpContext context) =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.Body.WriteAsync(new byte[] { (byte)'d', (byte)'a', (byte)'t', (byte)'a', (byte)':', 0xff, (byte)'\n', (byte)'\n' });
            }).MaskResponse();
        });
        using HttpResponseMessage answer = await host.Client.GetAsync("/large", HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        Assert.Equal("data: first", await reader.ReadLineAsync(Token));
        goOn.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync(Token));

        // Nothing had left yet, so there is still an answer to give.
        Assert.Equal("SC2002", await Web.WebHost.CodeOf(await host.Client.GetAsync("/broken", Token)));
    }
}
