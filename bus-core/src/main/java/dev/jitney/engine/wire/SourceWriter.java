// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.spi.LineBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes sources. A bus has one, so the last one's text is kept, in the form that it has on the
 * line.
 *
 * <p><b>Threads.</b> Safe for concurrent use: what is kept is immutable, and an old one is seen to
 * be old.
 */
final class SourceWriter {

    private static final byte[] SOURCE = JsonWriter.ascii(",\"source\":");

    // Where buses with sources of their own take turns, to keep each one would cost more than it
    // saves.
    private static final int KEEP_EVERY = 16;

    private @Nullable Known last;
    private int misses;

    private record Known(String source, byte[] member, boolean encoded) {}

    /** Writes the member with the comma before it; says whether its text is not the source's. */
    boolean write(LineBuffer out, String source) {
        Known known = last;
        if (known != null && known.source.equals(source)) {
            JsonWriter.raw(out, known.member);
            return known.encoded;
        }
        int from = out.length();
        String wire = Sources.onWire(source);
        JsonWriter.raw(out, SOURCE);
        JsonWriter.string(out, wire);
        boolean encoded = !wire.equals(source);
        if (misses++ % KEEP_EVERY == 0) {
            byte[] member = Arrays.copyOfRange(out.array(), from, out.length());
            last = new Known(source, member, encoded);
        }
        return encoded;
    }
}
