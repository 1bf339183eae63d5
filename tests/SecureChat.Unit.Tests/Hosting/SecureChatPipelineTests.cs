using Microsoft.AspNetCore.Http;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Hosting;

public sealed class SecureChatPipelineTests
{
    [Theory]
    [InlineData("/chat", true, true)]
    [InlineData("/chat/visitor/conversations", true, true)]
    [InlineData("/CHAT/hub", true, true)]
    [InlineData("/app/chat/agent/me", false, true)]
    [InlineData("/chatter/chat", false, true)]
    [InlineData("/chatter", false, false)]
    [InlineData("/api/chats/1", false, false)]
    [InlineData("/", false, false)]
    [InlineData("", false, false)]
    public void Before_routing_a_path_may_be_ours_behind_a_path_base_E43(string path, bool owns, bool mayOwn)
    {
        var pipeline = new SecureChatPipeline();
        pipeline.AddPrefix("/chat");
        var context = new DefaultHttpContext { Request = { Path = path } };
        Assert.Equal((owns, mayOwn), (pipeline.Owns(context), pipeline.MayOwn(context)));
    }

    [Fact]
    public void Without_a_prefix_no_path_is_ours()
    {
        var context = new DefaultHttpContext { Request = { Path = "/chat" } };
        Assert.False(new SecureChatPipeline().MayOwn(context));
    }
}
