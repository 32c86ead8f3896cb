// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Offset;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.StoreProblem.Kind;
import dev.jitney.spi.VerifyOptions;
import dev.jitney.spi.VerifyReport;

/** What a verification has found so far, passed on as it is found. Belongs to one thread. */
final class Findings {

    private static final long PROGRESS_STEP = 1 << 20;

    private final VerifyOptions options;
    private long events;
    private long bytes;
    private long told;
    private long damaged;
    private long unverifiable;

    Findings(VerifyOptions options) {
        this.options = options;
    }

    void good(long count) {
        events += count;
    }

    void checked(long count) {
        bytes += count;
        if (bytes - told >= PROGRESS_STEP) {
            told = bytes;
            options.onProgress().accept(bytes);
        }
    }

    /**
     * @param offset the first one concerned, or -1 if that is not known
     */
    void damaged(String place, long position, long length, long offset, String reason) {
        damaged++;
        tell(Kind.DAMAGED, place, position, length, offset, reason);
    }

    void torn(String place, long position, long length, long offset, String reason) {
        damaged++;
        tell(Kind.TORN, place, position, length, offset, reason);
    }

    void unverifiable(String place, long position, long length, long offset, String reason) {
        unverifiable++;
        tell(Kind.UNVERIFIABLE, place, position, length, offset, reason);
    }

    private void tell(
            Kind kind, String place, long position, long length, long offset, String reason) {
        Offset first = offset < 0 ? null : Offset.of(offset);
        options.onProblem().accept(new StoreProblem(kind, place, position, length, first, reason));
    }

    VerifyReport report() {
        options.onProgress().accept(bytes);
        return new VerifyReport(events, bytes, damaged, unverifiable);
    }

    static String range(long from, long to) {
        return to - from == 1
                ? "event " + new Offset(from)
                : "events from " + new Offset(from) + " to " + new Offset(to - 1);
    }
}
