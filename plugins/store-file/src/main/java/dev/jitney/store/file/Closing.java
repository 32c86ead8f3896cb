// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Closes several parts, each of them whatever becomes of the others. The first failure counts, and
 * carries those behind it as suppressed ones.
 *
 * <p><b>Threads.</b> One.
 */
final class Closing {

    private @Nullable Throwable first;

    /** Closes a part, if there is one. */
    void close(@Nullable AutoCloseable part) {
        if (part == null) {
            return;
        }
        try {
            part.close();
        } catch (Throwable e) {
            failed(e);
        }
    }

    /** Notes what became of a part that is closed in a way of its own. */
    void failed(Throwable e) {
        Throwable known = first;
        if (known == null) {
            first = e;
        } else if (known != e) { // a throwable cannot suppress itself
            known.addSuppressed(e);
        }
    }

    /** Throws the first failure as it is, if there was one. */
    void end() throws IOException {
        Throwable known = first;
        if (known instanceof IOException e) {
            throw e;
        }
        if (known instanceof RuntimeException e) {
            throw e;
        }
        if (known instanceof Error e) {
            throw e;
        }
        if (known != null) {
            throw new IOException(known);
        }
    }
}
