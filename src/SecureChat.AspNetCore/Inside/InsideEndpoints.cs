namespace SecureChat.AspNetCore;

/// <summary>
/// What the server stored, for the inside page. Mapped in Development only and answered to browsers of the same machine only: it
/// asks nobody to sign in. Whoever is further away, or came through a proxy, finds nothing here.
/// </summary>
internal static class InsideEndpoints
{
    public static void Map(IEndpointRouteBuilder group)
    {
        if (!group.ServiceProvider.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            return;
        }

        RouteGroupBuilder inside = group.MapGroup("/inside");
        inside.WithTags("SecureChat inside").AddEndpointFilter<RouteGroupBuilder, LocalCallers>().ProducesProblem(StatusCodes.Status404NotFound);
        inside.MapGet("/conversations", ListAsync)
            .WithName("SecureChat.Inside.ListConversations")
            .WithSummary("The 50 newest conversations. Development only, for callers on the same machine.")
            .Produces<InsideListView>();
        inside.MapGet("/conversations/{id}", ReadAsync)
            .WithName("SecureChat.Inside.ReadConversation")
            .WithSummary("What the server stored for a conversation, as it lies in the stores. Development only, for callers on the same machine.")
            .Produces<InsideView>();
    }

    private static async Task<IResult> ListAsync(InsideReader reader, CancellationToken cancellationToken) => TypedResults.Json(
        new InsideListView
        {
            Conversations =
            [
                .. (await reader.ListAsync(cancellationToken)).Select(static conversation =>
                    new InsideConversation { Id = conversation.Id, State = conversation.State, CreatedAt = conversation.CreatedAt }),
            ],
        },
        SecureChatJson.Options);

    private static async Task<IResult> ReadAsync(string id, InsideReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(id, cancellationToken) is { } view
            ? TypedResults.Json(view, SecureChatJson.Options)
            : Problems.From(SecureChatErrors.NotFound);

    private sealed class LocalCallers : IEndpointFilter
    {
        public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
            HttpsRule.IsLocal(context.HttpContext) ? next(context) : ValueTask.FromResult<object?>(Problems.From(SecureChatErrors.NotFound));
    }
}
