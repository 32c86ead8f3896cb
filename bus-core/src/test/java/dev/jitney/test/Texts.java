// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test;

import dev.jitney.event.Event;
import dev.jitney.spi.DeliveryInfo;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What assertions say, so that whoever reads one need not run the test again. */
final class Texts {

    private static final int MOST_LINES = 50;
    private static final int LONGEST_PAYLOAD = 80;

    private Texts() {}

    /** A span of time for people: {@code 30 s}, {@code 0.25 s}. */
    static String span(Duration span) {
        BigDecimal seconds =
                BigDecimal.valueOf(span.getSeconds())
                        .add(BigDecimal.valueOf(span.getNano(), 9))
                        .stripTrailingZeros();
        return seconds.toPlainString() + " s";
    }

    /** A moment, from the start of the time on: {@code +30 s}. */
    static String at(Duration since) {
        return "+" + span(since);
    }

    static String backOff(DeliveryInfo delivery, Instant due, Instant start) {
        return "handler '%s' is tried again on event '%s' at %s"
                .formatted(
                        delivery.subscription(),
                        delivery.event().topic(),
                        at(Duration.between(start, due)));
    }

    /** What was published, a numbered line each; the last 50. */
    static String published(List<Recorder.Entry> all) {
        if (all.isEmpty()) {
            return "Nothing was published.";
        }
        StringBuilder text = new StringBuilder();
        text.append(all.size() == 1 ? "1 event was" : all.size() + " events were");
        text.append(" published:");
        int first = Math.max(0, all.size() - MOST_LINES);
        if (first > 0) {
            text.append("\n  … ").append(first).append(" more before");
        }
        for (int at = first; at < all.size(); at++) {
            text.append("\n  ").append(at + 1).append(". ").append(line(all.get(at)));
        }
        return text.toString();
    }

    private static String line(Recorder.Entry entry) {
        Event event = entry.event();
        return "%s %s%s: %s"
                .formatted(
                        at(entry.at()),
                        event.topic(),
                        event.hasPayload() ? " " + payload(event) : "",
                        entry.outcome() == null ? "not ended" : entry.outcome());
    }

    private static String payload(Event event) {
        String text = String.valueOf(event.payload());
        return text.length() <= LONGEST_PAYLOAD ? text : text.substring(0, LONGEST_PAYLOAD) + "…";
    }
}
