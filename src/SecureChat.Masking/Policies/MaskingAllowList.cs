namespace SecureChat.Masking;

/// <summary>Says whether a value that looks sensitive is one of the host's own ids, such as an order number, and stays as it is.</summary>
/// <param name="kind">Id of the kind it was taken for.</param>
/// <param name="value">The value with plain digits and without invisible characters; must not be kept or logged.</param>
/// <returns>True to let it stand.</returns>
/// <remarks>
/// Called on the thread that masks, for every value found that is not a card security code or PIN, several times for one value; must be fast, always of
/// the same opinion, and thread-safe. What it throws reaches the caller of the engine, and the chat holds the message (<c>SC2001</c>).
/// </remarks>
public delegate bool MaskingAllowList(string kind, ReadOnlySpan<char> value);
