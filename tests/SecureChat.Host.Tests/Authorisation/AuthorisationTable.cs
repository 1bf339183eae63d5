namespace SecureChat.Host.Tests.Authorisation;

/// <summary>Who calls.</summary>
internal enum Caller
{
    /// <summary>Holds nothing.</summary>
    Anonymous,

    /// <summary>The visitor of the conversation.</summary>
    Visitor,

    /// <summary>A visitor with the token of another conversation.</summary>
    OtherVisitor,

    /// <summary>The agent the conversation is assigned to.</summary>
    Agent,

    /// <summary>An agent it is not assigned to.</summary>
    UnassignedAgent,

    /// <summary>A supervisor it is not assigned to.</summary>
    Supervisor,

    PrivacyOfficer,

    Auditor,
}

/// <summary>
/// Who may do what: every endpoint of the host, in every state of what it is about, for every kind of caller. A cell is <c>ok</c> or
/// the number of the refusal. What is not in here does not pass: a new endpoint needs a row, and a row needs an endpoint.
/// </summary>
internal static class AuthorisationTable
{
    // State        What the call is about
    // any          nothing in particular
    // open         a conversation that is assigned to Agent
    // unassigned   a conversation that nobody has
    // closed       an ended conversation of Agent, whose form had been submitted
    // requested    an open conversation of Agent with an open form
    // submitted    ... whose form was submitted
    // stepped      ... and Agent has proved a second factor for its claim
    // opened       ... and Agent's browser has the values on screen
    // gone         ... and has acknowledged them
    // waiting      an unassigned conversation with a form that the application requested
    // crossed      the caller's own conversation, with the form of another one
    // absent       the caller's own conversation, with a form id that names nothing
    // unknown      a conversation id that names nothing
    // malformed    an id that is no id
    // For the form's own part, Visitor holds the token of what the state names, and OtherVisitor its ids and the secret of another form.
    private const string Http =
        """
                                                    Anonymous Visitor OtherVisitor Agent UnassignedAgent Supervisor PrivacyOfficer Auditor
        GET widget.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        HEAD widget.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET chat.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        HEAD chat.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET form.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        HEAD form.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET console.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        HEAD console.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET console
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        HEAD console
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET form
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        HEAD form
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET visitor/info
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        POST visitor/conversations
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET visitor/conversations/{id}
            open unassigned closed                   6003  ok  6005 6003 6003 6003 6003 6003
            unknown malformed                        6003 6005 6005 6003 6003 6003 6003 6003
        GET visitor/conversations/{id}/events
            open unassigned closed                   6003  ok  6005 6003 6003 6003 6003 6003
            unknown malformed                        6003 6005 6005 6003 6003 6003 6003 6003
        POST visitor/conversations/{id}/messages
            open unassigned                          6003  ok  6005 6003 6003 6003 6003 6003
            closed                                   6003 6011 6005 6003 6003 6003 6003 6003
            unknown malformed                        6003 6005 6005 6003 6003 6003 6003 6003
        POST visitor/conversations/{id}/close
            open unassigned closed                   6003  ok  6005 6003 6003 6003 6003 6003
            unknown malformed                        6003 6005 6005 6003 6003 6003 6003 6003
        GET visitor/conversations/{conversationId}/forms/{requestId}
            requested submitted opened gone          6003  ok  6005 6003 6003 6003 6003 6003
            waiting closed                           6003  ok  6005 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6005 6005 6003 6003 6003 6003 6003
        POST visitor/conversations/{conversationId}/forms/{requestId}/open
            requested waiting                        6003  ok  6005 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 6012 6005 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6005 6005 6003 6003 6003 6003 6003
        POST visitor/conversations/{conversationId}/forms/{requestId}/token
            requested waiting                        6003  ok  6005 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 6012 6005 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6005 6005 6003 6003 6003 6003 6003
        POST visitor/conversations/{conversationId}/forms/{requestId}/extend
            requested waiting                        6003  ok  6005 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 6012 6005 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6005 6005 6003 6003 6003 6003 6003
        POST visitor/conversations/{conversationId}/forms/{requestId}/submit
            requested waiting                        6003  ok  6005 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 6017 6005 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6005 6005 6003 6003 6003 6003 6003
        POST visitor/conversations/{conversationId}/forms/{requestId}/decline
            requested waiting                        6003  ok  6005 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 6012 6005 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6005 6005 6003 6003 6003 6003 6003
        POST visitor/conversations/{conversationId}/forms/{requestId}/withdraw
            requested waiting                        6003  ok  6005 6003 6003 6003 6003 6003
            submitted opened gone closed             6003  ok  6005 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6005 6005 6003 6003 6003 6003 6003
        GET forms/current
            requested waiting                        6003 ok  6026 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 ok  6026 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6026 6026 6003 6003 6003 6003 6003
        POST forms/current/open
            requested waiting                        6003 ok  6026 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 6012 6026 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6026 6026 6003 6003 6003 6003 6003
        POST forms/current/submit
            requested waiting                        6003 ok  6026 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 6017 6026 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6026 6026 6003 6003 6003 6003 6003
        POST forms/current/decline
            requested waiting                        6003 ok  6026 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 6012 6026 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6026 6026 6003 6003 6003 6003 6003
        POST forms/current/extend
            requested waiting                        6003 ok  6026 6003 6003 6003 6003 6003
            submitted opened gone closed             6003 6012 6026 6003 6003 6003 6003 6003
            crossed absent unknown malformed         6003 6026 6026 6003 6003 6003 6003 6003
        GET agent/me
            any                                      6003 6003 6003  ok   ok   ok   ok   ok
        POST agent/here
            any                                      6003 6003 6003  ok   ok   ok  6004 6004
        GET agent/conversations
            any                                      6003 6003 6003  ok   ok   ok  6004 6004
        GET agent/conversations/{id}
            open closed                              6003 6003 6003  ok  6005  ok  6005 6005
            unassigned                               6003 6003 6003  ok   ok   ok  6005 6005
            unknown malformed                        6003 6003 6003 6005 6005 6005 6005 6005
        GET agent/conversations/{id}/events
            open closed                              6003 6003 6003  ok  6005  ok  6005 6005
            unassigned                               6003 6003 6003 6005 6005  ok  6005 6005
            unknown malformed                        6003 6003 6003 6005 6005 6005 6005 6005
        POST agent/conversations/{id}/messages
            open                                     6003 6003 6003  ok  6005 6004 6005 6005
            unassigned                               6003 6003 6003 6005 6005 6004 6005 6005
            closed                                   6003 6003 6003 6011 6005 6004 6005 6005
            unknown malformed                        6003 6003 6003 6005 6005 6005 6005 6005
        POST agent/conversations/{id}/assign
            open                                     6003 6003 6003  ok  6005  ok  6005 6005
            unassigned                               6003 6003 6003  ok   ok   ok  6005 6005
            closed                                   6003 6003 6003 6011 6005 6011 6005 6005
            unknown malformed                        6003 6003 6003 6005 6005 6005 6005 6005
        POST agent/conversations/{id}/transfer
            open                                     6003 6003 6003  ok  6005  ok  6005 6005
            unassigned                               6003 6003 6003 6004 6004  ok  6005 6005
            closed                                   6003 6003 6003 6011 6005 6011 6005 6005
            unknown malformed                        6003 6003 6003 6005 6005 6005 6005 6005
        POST agent/conversations/{id}/close
            open closed                              6003 6003 6003  ok  6005  ok  6005 6005
            unassigned                               6003 6003 6003 6005 6005  ok  6005 6005
            unknown malformed                        6003 6003 6003 6005 6005 6005 6005 6005
        GET agent/forms
            any                                      6003 6003 6003  ok   ok   ok  6004 6004
        POST agent/conversations/{conversationId}/forms
            open                                     6003 6003 6003  ok  6005 6005 6004 6004
            unassigned                               6003 6003 6003 6005 6005 6005 6004 6004
            closed                                   6003 6003 6003 6011 6005 6005 6004 6004
            unknown malformed                        6003 6003 6003 6005 6005 6005 6004 6004
        GET agent/conversations/{conversationId}/forms/{requestId}
            requested submitted opened gone closed   6003 6003 6003  ok  6005  ok  6004 6004
            waiting                                  6003 6003 6003 6005 6005  ok  6004 6004
            crossed absent unknown malformed         6003 6003 6003 6005 6005 6005 6004 6004
        POST agent/conversations/{conversationId}/forms/{requestId}/cancel
            requested submitted opened gone closed   6003 6003 6003  ok  6005 6005 6004 6004
            waiting                                  6003 6003 6003 6005 6005 6005 6004 6004
            crossed absent unknown malformed         6003 6003 6003 6005 6005 6005 6004 6004
        POST agent/conversations/{conversationId}/forms/{requestId}/step-up
            submitted opened gone closed             6003 6003 6003  ok  6005 6005 6004 6004
            requested waiting                        6003 6003 6003 6005 6005 6005 6004 6004
            crossed absent unknown malformed         6003 6003 6003 6005 6005 6005 6004 6004
        POST agent/conversations/{conversationId}/forms/{requestId}/reveal
            requested waiting                        6003 6003 6003 6005 6005 6005 6004 6004
            submitted                                6003 6003 6003 6013 6005 6005 6004 6004
            stepped opened                           6003 6003 6003  ok  6005 6005 6004 6004
            gone closed                              6003 6003 6003 3004 6005 6005 6004 6004
            crossed absent unknown malformed         6003 6003 6003 6005 6005 6005 6004 6004
        POST agent/conversations/{conversationId}/forms/{requestId}/acknowledge
            opened gone                              6003 6003 6003  ok  6005 6005 6004 6004
            requested submitted waiting closed       6003 6003 6003 6005 6005 6005 6004 6004
            crossed absent unknown malformed         6003 6003 6003 6005 6005 6005 6004 6004
        GET agent/privacy/conversations/{conversationId}/consents
            open unassigned closed unknown           6003 6003 6003 6004 6004 6004  ok  6004
            malformed                                6003 6003 6003 6004 6004 6004 6005 6004
        POST agent/privacy/conversations/{conversationId}/forms/{requestId}/destroy
            requested submitted opened gone          6003 6003 6003 6004 6004 6004  ok  6004
            waiting closed                           6003 6003 6003 6004 6004 6004  ok  6004
            crossed absent unknown malformed         6003 6003 6003 6004 6004 6004 6005 6004
        POST agent/privacy/conversations/{conversationId}/audit-details/erase
            open unassigned closed                   6003 6003 6003 6004 6004 6004  ok  6004
            unknown malformed                        6003 6003 6003 6004 6004 6004 6005 6004
        GET agent/privacy/conversations/{conversationId}/deletion-certificate
            open unassigned closed                   6003 6003 6003 6004 6004 6004  ok  6004
            unknown malformed                        6003 6003 6003 6004 6004 6004 6005 6004
        POST agent/privacy/masking/try
            any                                      6003 6003 6003 6004 6004 6004  ok  6004
        GET agent/audit/entries
            any                                      6003 6003 6003 6004 6004 6004 6004  ok
        GET agent/audit/head
            any                                      6003 6003 6003 6004 6004 6004 6004  ok
        * hub
            handshake                                 ok   ok   ok   ok   ok   ok   ok   ok
        * hub/negotiate
            handshake                                 ok   ok   ok   ok   ok   ok   ok   ok
        """;

    // What a host in Development has besides. It asks nobody who they are, only where they are.
    private const string DevelopmentOnly =
        """
                                                    Anonymous Visitor OtherVisitor Agent UnassignedAgent Supervisor PrivacyOfficer Auditor
        GET inside.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        HEAD inside.js
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET inside
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        HEAD inside
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET inside/conversations
            any                                       ok   ok   ok   ok   ok   ok   ok   ok
        GET inside/conversations/{id}
            open unassigned closed                    ok   ok   ok   ok   ok   ok   ok   ok
            requested submitted opened gone           ok   ok   ok   ok   ok   ok   ok   ok
            unknown malformed                        6005 6005 6005 6005 6005 6005 6005 6005
        """;

    // State        What has happened on the connection
    // connected    nothing: it has not joined
    // open ...     Join, for a conversation in that state of the table above
    // joined       it has joined an open conversation of Agent, in which a form is open
    // ended        ... which has ended since
    // moved        ... which was handed to another agent since
    // revoked      ... and every role has been taken from the agents since
    // left         ... and left it again
    // A dash: this caller does not get that far.
    private const string Hub =
        """
                                                    Anonymous Visitor OtherVisitor Agent UnassignedAgent Supervisor PrivacyOfficer Auditor
        Join
            open                                     6003  ok  6005  ok  6005  ok  6005 6005
            unassigned                               6003  ok  6005 6005 6005  ok  6005 6005
            closed                                   6003  ok  6005 6011 6005 6011 6005 6005
            unknown malformed                        6003 6005 6005 6005 6005 6005 6005 6005
        Send
            connected                                6020 6020 6020 6020 6020 6020 6020 6020
            joined                                    -    ok   -    ok   -   6004  -    -
            ended                                     -   6011  -   6011  -   6004  -    -
            moved                                     -    ok   -   6005  -   6004  -    -
            revoked                                   -    ok   -   6003  -   6003  -    -
            left                                      -   6020  -   6020  -   6020  -    -
        History
            connected                                6020 6020 6020 6020 6020 6020 6020 6020
            joined ended                              -    ok   -    ok   -    ok   -    -
            moved                                     -    ok   -   6005  -    ok   -    -
            revoked                                   -    ok   -   6003  -   6003  -    -
            left                                      -   6020  -   6020  -   6020  -    -
        Typing
            connected                                6020 6020 6020 6020 6020 6020 6020 6020
            joined ended                              -    ok   -    ok   -    ok   -    -
            moved                                     -    ok   -   6005  -    ok   -    -
            revoked                                   -    ok   -   6003  -   6003  -    -
            left                                      -   6020  -   6020  -   6020  -    -
        FormProgress
            connected                                6020 6020 6020 6020 6020 6020 6020 6020
            joined                                    -    ok   -   6004  -   6004  -    -
            ended                                     -   6012  -   6004  -   6004  -    -
            moved                                     -    ok   -   6005  -   6004  -    -
            revoked                                   -    ok   -   6003  -   6003  -    -
            left                                      -   6020  -   6020  -   6020  -    -
        Heartbeat
            connected                                6020 6020 6020 6020 6020 6020 6020 6020
            joined ended                              -    ok   -    ok   -    ok   -    -
            moved                                     -    ok   -   6005  -    ok   -    -
            revoked                                   -    ok   -   6003  -   6003  -    -
            left                                      -   6020  -   6020  -   6020  -    -
        Leave
            connected                                6020 6020 6020 6020 6020 6020 6020 6020
            joined ended moved revoked                -    ok   -    ok   -    ok   -    -
            left                                      -   6020  -   6020  -   6020  -    -
        """;

    public static Caller[] Callers { get; } = Enum.GetValues<Caller>();

    /// <summary>By endpoint, <c>METHOD pattern</c> behind the prefix.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Cell>> Endpoints { get; } = Parse(Http);

    /// <summary>The endpoints that only a host in Development has.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Cell>> DevelopmentEndpoints { get; } = Parse(DevelopmentOnly);

    /// <summary>By method of the hub.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Cell>> HubMethods { get; } = Parse(Hub);

    private static Dictionary<string, IReadOnlyList<Cell>> Parse(string table)
    {
        string[] lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Callers.Select(static caller => caller.ToString()), lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var rows = new Dictionary<string, List<Cell>>(StringComparer.Ordinal);
        List<Cell> current = [];
        foreach (string line in lines[1..])
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!line.StartsWith(' '))
            {
                rows.Add(line.Trim(), current = []);
                continue;
            }

            foreach (string state in words[..^Callers.Length])
            {
                foreach ((Caller caller, string outcome) in Callers.Zip(words[^Callers.Length..]))
                {
                    if (outcome != "-")
                    {
                        current.Add(new Cell(state, caller, outcome == "ok" ? null : $"SC{outcome}"));
                    }
                }
            }
        }

        return rows.ToDictionary(static row => row.Key, static row => (IReadOnlyList<Cell>)row.Value, StringComparer.Ordinal);
    }
}

/// <summary>One expectation. <see cref="Code"/> is the refusal, or null where the call is allowed.</summary>
internal sealed record Cell(string State, Caller Caller, string? Code)
{
    public override string ToString() => $"{State} × {Caller}";
}
