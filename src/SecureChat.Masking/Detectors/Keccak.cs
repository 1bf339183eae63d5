using System.Buffers.Binary;
using System.Numerics;

namespace SecureChat.Masking;

/// <summary>
/// Keccak-256 as Ethereum uses it: the padding of the original submission, which SHA3-256 of the platform (FIPS 202) does not have. For
/// check digits of public addresses only. One block.
/// </summary>
internal static class Keccak
{
    public const int Length = 32;

    private const int Rate = 136;

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    private static ReadOnlySpan<byte> Rotations => [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    private static ReadOnlySpan<byte> Lanes => [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    /// <summary>Hashes fewer than 136 bytes.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        Span<byte> block = stackalloc byte[Rate];
        block.Clear();
        data.CopyTo(block);
        block[data.Length] = 1;
        block[Rate - 1] |= 0x80;
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        for (int i = 0; i < Rate / 8; i++)
        {
            state[i] = BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        }

        Permute(state);
        for (int i = 0; i < Length / 8; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(hash[(i * 8)..], state[i]);
        }
    }

    private static void Permute(Span<ulong> state)
    {
        Span<ulong> column = stackalloc ulong[5];
        foreach (ulong constant in RoundConstants)
        {
            for (int x = 0; x < 5; x++)
            {
                column[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
            }

            for (int x = 0; x < 5; x++)
            {
                ulong mix = column[(x + 4) % 5] ^ BitOperations.RotateLeft(column[(x + 1) % 5], 1);
                for (int y = 0; y < 25; y += 5)
                {
                    state[x + y] ^= mix;
                }
            }

            ulong lane = state[1];
            for (int i = 0; i < 24; i++)
            {
                int to = Lanes[i];
                (lane, state[to]) = (state[to], BitOperations.RotateLeft(lane, Rotations[i]));
            }

            for (int y = 0; y < 25; y += 5)
            {
                state.Slice(y, 5).CopyTo(column);
                for (int x = 0; x < 5; x++)
                {
                    state[y + x] = column[x] ^ (~column[(x + 1) % 5] & column[(x + 2) % 5]);
                }
            }

            state[0] ^= constant;
        }
    }
}
