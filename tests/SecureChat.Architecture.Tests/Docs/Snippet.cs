using System.Reflection;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SecureChat.Architecture.Tests.Docs;

/// <summary>A piece of C# in a page or a docstring: the reader will paste it, so it compiles against what they will reference.</summary>
internal sealed class Snippet
{
    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => !path.EndsWith(".Tests.dll", StringComparison.Ordinal) && !path.EndsWith("SecureChat.TestHost.dll", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path))];

    /// <summary>What a web project has in scope, and the namespaces of the packages.</summary>
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.DataProtection;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.HttpOverrides;
        global using Microsoft.AspNetCore.Identity;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        global using SecureChat;
        global using SecureChat.AspNetCore;
        global using SecureChat.Conformance;
        global using SecureChat.Masking;
        global using Xunit;
        """;

    /// <summary>Names that a piece may take for granted, each made the way the page around it says.</summary>
    private static readonly (string Name, string Statement)[] Locals =
    [
        ("builder", "WebApplicationBuilder builder = WebApplication.CreateBuilder(args);"),
        ("data", "string data = \"data\";"),
        ("chat", "ISecureChatBuilder chat = builder.Services.AddSecureChat();"),
        ("app", "WebApplication app = builder.Build();"),
    ];

    /// <summary>Classes of the reader's own that a piece speaks of.</summary>
    private static readonly (string Name, string Declaration)[] Classes =
    [
        ("AcmeVault", """
            public sealed class AcmeVault(string address) : IVault
            {
                public ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken) => throw new NotSupportedException(address);
                public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken) => throw new NotSupportedException();
            }
            """),
        ("AcmeConsentStore", """
            public sealed class AcmeConsentStore(string address) : IConsentStore
            {
                public ValueTask RecordAsync(ConsentRecord consent, CancellationToken cancellationToken) => throw new NotSupportedException(address);
                public ValueTask<ConsentRecord?> FindAsync(string conversationId, string consentId, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<ConsentRecord?> WithdrawAsync(string conversationId, string consentId, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(string conversationId, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(string subjectRef, CancellationToken cancellationToken) => throw new NotSupportedException();
            }
            """),
        ("AcmeAuditSink", """
            public sealed class AcmeAuditSink(string address) : IAuditSink
            {
                public ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) => throw new NotSupportedException(address);
                public Task<IReadOnlyList<string>> ReadIdsAsync() => throw new NotSupportedException();
            }
            """),
        ("AcmeMasker", """
            public sealed class AcmeMasker : IMasker
            {
                public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
            }
            """),
        ("AcmeFeed", """
            public sealed class AcmeFeed(string address) : IConversationFeed
            {
                public ValueTask AnnounceAsync(IReadOnlyList<ConversationHint> hints, CancellationToken cancellationToken) => throw new NotSupportedException(address);
                public ValueTask ListenAsync(Action listening, Action<ConversationHint> heard, CancellationToken cancellationToken) => throw new NotSupportedException();
            }
            """),
        ("AcmeKeyEncryption", """
            public sealed class AcmeKeyEncryption(string key) : IKeyEncryptionProvider
            {
                public string Name => "acme";
                public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken) => throw new NotSupportedException(key);
            }
            """),
        ("AcmeRecordStore", """
            public sealed class AcmeRecordStore(string address) : IRecordStore
            {
                public RecordStoreDescription Description => throw new NotSupportedException(address);
                public ValueTask PrepareAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
                public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
            }
            """),
    ];

    public required string Place { get; init; }

    public required string Code { get; init; }

    /// <summary>Blocks fenced as csharp in a page.</summary>
    public static IEnumerable<Snippet> InPage(string path)
    {
        string[] lines = Repository.Read(path).Split('\n');
        for (int at = 0; at < lines.Length; at++)
        {
            if (lines[at].Trim() is not ("```csharp" or "```cs" or "```c#"))
            {
                continue;
            }

            int end = Array.FindIndex(lines, at + 1, static line => line.Trim() == "```");
            Assert.True(end > at, $"{path}:{at + 1} is not closed.");
            yield return new Snippet { Place = $"{path}:{at + 1}", Code = string.Join('\n', lines[(at + 1)..end]) };
            at = end;
        }
    }

    /// <summary>Examples in the documentation that is packed beside an assembly.</summary>
    public static IEnumerable<Snippet> InDocstrings(Assembly assembly)
    {
        XDocument file = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
        return file.Descendants("member").SelectMany(static member => member.Descendants("example").Descendants("code")
            .Select(code => new Snippet { Place = member.Attribute("name")!.Value, Code = code.Value }));
    }

    /// <summary>What the compiler says against it; empty when it compiles as a file, as statements of a program, or as members of a class.</summary>
    public IReadOnlyList<string> Errors()
    {
        CompilationUnitSyntax parsed = CSharpSyntaxTree.ParseText(Code, Language).GetCompilationUnitRoot();
        if (!parsed.Members.OfType<GlobalStatementSyntax>().Any())
        {
            return Compile("", isProgram: false);
        }

        IReadOnlyList<string> asProgram = Compile(Prelude(parsed), isProgram: true);
        if (asProgram.Count == 0)
        {
            return asProgram;
        }

        IReadOnlyList<string> asMembers = new Snippet { Place = Place, Code = $"public sealed class Reader\n{{\n{Code}\n}}" }.Compile("", isProgram: false);
        return asMembers.Count == 0 ? asMembers : asProgram;
    }

    public override string ToString() => Place;

    private static string Prelude(CompilationUnitSyntax parsed)
    {
        HashSet<string> used = [.. parsed.DescendantNodes().OfType<IdentifierNameSyntax>().Select(static name => name.Identifier.Text)];
        HashSet<string> declared = [.. parsed.DescendantNodes().OfType<VariableDeclaratorSyntax>().Select(static name => name.Identifier.Text)];
        List<string> prelude = [];
        foreach ((string name, string statement) in Locals.Reverse())
        {
            if (used.Contains(name) && !declared.Contains(name))
            {
                prelude.Insert(0, statement);

                // What makes it may need another of them.
                used.UnionWith(CSharpSyntaxTree.ParseText(statement, Language).GetRoot().DescendantNodes().OfType<IdentifierNameSyntax>().Select(static part => part.Identifier.Text));
            }
        }

        return string.Join('\n', prelude);
    }

    private IReadOnlyList<string> Compile(string prelude, bool isProgram)
    {
        // A page's own using directives come first in a file.
        CompilationUnitSyntax parsed = CSharpSyntaxTree.ParseText(Code, Language).GetCompilationUnitRoot();
        string usings = string.Concat(parsed.Usings.Select(static directive => directive.ToFullString())), rest = Code[usings.Length..];
        List<SyntaxTree> trees =
        [
            CSharpSyntaxTree.ParseText(Usings, Language),
            CSharpSyntaxTree.ParseText($"#nullable enable\n{usings}{prelude}\n{rest}", Language),
        ];
        HashSet<string> declared = [.. parsed.DescendantNodes().OfType<TypeDeclarationSyntax>().Select(static type => type.Identifier.Text)];
        trees.AddRange(Classes.Where(known => Code.Contains(known.Name, StringComparison.Ordinal) && !declared.Contains(known.Name))
            .Select(static known => CSharpSyntaxTree.ParseText("#nullable enable\n" + known.Declaration, Language)));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Snippet",
            trees,
            References,
            new CSharpCompilationOptions(isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        return [.. compilation.GetDiagnostics().Where(static found => found.Severity == DiagnosticSeverity.Error).Select(found => $"{Place}: {found.GetMessage(System.Globalization.CultureInfo.InvariantCulture)} ({found.Id})")];
    }
}
