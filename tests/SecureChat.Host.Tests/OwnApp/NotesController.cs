using Microsoft.AspNetCore.Mvc;

namespace SecureChat.Host.Tests.OwnApp;

/// <summary>A controller as an app has them.</summary>
[ApiController]
[Route("controller")]
public sealed class NotesController : ControllerBase
{
    [HttpPost("notes")]
    public ActionResult<Note> Post(Note note) => note;

    [HttpPost("form")]
    public string Form([FromForm] string text) => text;

    [HttpGet("raw")]
    public Note Get() => new() { Text = OwnHost.Card };
}

public sealed class Note
{
    public string Text { get; set; } = "";

    public int? Number { get; set; }
}
