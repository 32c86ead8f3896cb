// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Offset;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.StoreProblem.Kind;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts what a reader meets into words; what concerns a whole place is told once. */
final class Problems {

    private final Consumer<StoreProblem> onProblem;
    private final Set<Object> told = new HashSet<>();
    private String lastRegion = "";

    Problems(Consumer<StoreProblem> onProblem) {
        this.onProblem = onProblem;
    }

    /**
     * @param length the bytes of the line, its break included, which {@code line} has not
     */
    void badLine(
            SegmentName segment,
            long position,
            long length,
            @Nullable Long offset,
            String why,
            byte[] line) {
        String reason = "The line is not an event: " + stop(why);
        tell(Kind.DAMAGED, segment, position, length, offset, reason, line);
    }

    void longLine(
            SegmentName segment, long position, long length, @Nullable Long offset, long longest) {
        tell(
                Kind.DAMAGED,
                segment,
                position,
                length,
                offset,
                "The line has "
                        + length
                        + " bytes, more than an event may have here ("
                        + longest
                        + "); it is passed over. A larger 'max-event-size' reads it, if it is an event.",
                new byte[0]);
    }

    void badRegion(SegmentName segment, long position, long length, long offset, int events) {
        String place = segment.log() + "@" + position;
        // A reader that has to take up in the middle of a region comes by again.
        if (!place.equals(lastRegion)) {
            lastRegion = place;
            tell(
                    Kind.DAMAGED,
                    segment,
                    position,
                    length,
                    offset,
                    "The checksum of these bytes, written as "
                            + events
                            + (events == 1 ? " event" : " events")
                            + ", does not fit, though each line can be read as an event.");
        }
    }

    void cutShort(SegmentName segment, long size, long end, long offset, long endOffset) {
        if (told.add(segment.log() + "#cut")) {
            tell(
                    Kind.DAMAGED,
                    segment,
                    size,
                    end - size,
                    offset,
                    "The file ends "
                            + (end - size)
                            + " bytes too early: of the events "
                            + range(offset, endOffset)
                            + " some are missing.");
        }
    }

    void unverifiable(SegmentName segment, long length) {
        if (told.add(segment)) {
            tell(
                    Kind.UNVERIFIABLE,
                    segment,
                    0,
                    length,
                    segment.base(),
                    "The checksums in '"
                            + segment.sidecar()
                            + "' are missing or do not fit this file: its lines are read as they are, and"
                            + " their offsets are counted from "
                            + new Offset(segment.base())
                            + ".");
        }
    }

    void gap(SegmentName segment, long from, long to) {
        tell(
                Kind.GAP,
                segment,
                -1,
                -1,
                from,
                "The events " + range(from, to) + " were removed by purge or retention.");
    }

    /**
     * @param segment the one behind what is missing, as verify names it
     */
    void missing(SegmentName segment, long from, long to) {
        tell(
                Kind.DAMAGED,
                segment,
                -1,
                -1,
                from,
                "The events " + range(from, to) + " are missing: no segment holds them.");
    }

    private void tell(
            Kind kind,
            SegmentName segment,
            long position,
            long length,
            @Nullable Long offset,
            String reason) {
        tell(kind, segment, position, length, offset, reason, null);
    }

    private void tell(
            Kind kind,
            SegmentName segment,
            long position,
            long length,
            @Nullable Long offset,
            String reason,
            byte @Nullable [] line) {
        Offset first = offset == null ? null : Offset.of(offset);
        String log = segment.log();
        onProblem.accept(
                line == null
                        ? new StoreProblem(kind, log, position, length, first, reason)
                        : new StoreProblem(kind, log, position, length, first, reason, line));
    }

    private static String range(long from, long to) {
        return "from " + new Offset(from) + " to " + new Offset(to - 1);
    }

    private static String stop(String text) {
        return text.endsWith(".") ? text : text + ".";
    }
}
