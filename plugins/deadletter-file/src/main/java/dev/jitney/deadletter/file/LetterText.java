// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.LineBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters as lines of JSON: what the letter says, and last the event in the CloudEvents form.
 *
 * <p>An event whose payload cannot be written is kept with what it shows of itself as its payload,
 * in a letter of a line that is no event: so it can be looked at, but is never handed to a handler
 * as something else than it was.
 */
final class LetterText {

    // Cannot stand within a text of JSON, where each quote has a backslash in front.
    private static final byte[] EVENT = ",\"event\":".getBytes(UTF_8);
    private static final int MOST_SHOWN = 16_384;

    private final EventFormat format;

    LetterText(EventFormat format) {
        this.format = format;
    }

    /** Returns the line of a letter with its line break. */
    byte[] line(DeadLetter letter) {
        byte[] event;
        DeadLetter kept = letter;
        try {
            event = format.encode(letter.event());
        } catch (EventFormatException e) {
            kept = unwritable(letter, e);
            event = format.encode(kept.event());
        }
        byte[] head = format.payloadJson(Event.of("dead.letter", head(kept))).getBytes(UTF_8);
        LineBuffer out = new LineBuffer(head.length + EVENT.length + event.length + 2);
        out.write(head, 0, head.length - 1);
        out.write(EVENT, 0, EVENT.length);
        out.write(event, 0, event.length);
        out.write('}');
        out.write('\n');
        return out.toBytes();
    }

    /**
     * Reads a line without its line break.
     *
     * @throws IllegalArgumentException if it is not the line of a letter
     */
    DeadLetter letter(byte[] line) {
        int at = indexOfEvent(line);
        Map<?, ?> head = tree(new String(line, 0, at, UTF_8) + "}");
        Event event = format.decode(line, at + EVENT.length, line.length - 1);
        return DeadLetter.builder(event, Reason.valueOf(text(head, "reason")))
                .id(text(head, "id"))
                .handler(text(head, "handler"))
                .error(text(head, "errorClass"), text(head, "errorMessage"), text(head, "stack"))
                .attempts(number(head, "attempts"))
                .retries(number(head, "retries"))
                .firstTime(Instant.parse(text(head, "firstTime")))
                .lastTime(Instant.parse(text(head, "lastTime")))
                .build();
    }

    private static Map<String, Object> head(DeadLetter letter) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("id", wellFormed(letter.id()));
        head.put("reason", letter.reason().name());
        head.put("handler", wellFormed(letter.handler()));
        head.put("attempts", letter.attempts());
        head.put("retries", letter.retries());
        head.put("firstTime", letter.firstTime().toString());
        head.put("lastTime", letter.lastTime().toString());
        head.put("errorClass", wellFormed(letter.errorClass()));
        head.put("errorMessage", wellFormed(letter.errorMessage()));
        head.put("stack", wellFormed(letter.stack()));
        return head;
    }

    private DeadLetter unwritable(DeadLetter letter, EventFormatException e) {
        byte[] standIn = shown(letter.event());
        String source = letter.event().source();
        Event event =
                DeadLetter.undecodable(standIn, wellFormed(source == null ? "bus" : source))
                        .build()
                        .event();
        String before =
                letter.errorClass().isEmpty()
                        ? ""
                        : " Before that: " + letter.errorClass() + ": " + letter.errorMessage();
        return DeadLetter.builder(event, Reason.SERIALIZATION_ERROR)
                .id(letter.id())
                .handler(letter.handler())
                .error(e.getClass().getName(), e.getMessage() + before, letter.stack())
                .attempts(letter.attempts())
                .retries(letter.retries())
                .firstTime(letter.firstTime())
                .lastTime(letter.lastTime())
                .build();
    }

    // The event with its payload as text, or all of it as text if the payload was not the trouble.
    private byte[] shown(Event event) {
        try {
            String shown = wellFormed(String.valueOf(event.payload()));
            String cut = shown.substring(0, Math.min(shown.length(), MOST_SHOWN));
            return format.encode(event.withPayload(cut));
        } catch (RuntimeException | StackOverflowError e) {
            // Lists in lists, or one that holds itself, have no text either.
            return (event.topic() + " " + event.id()).getBytes(UTF_8);
        }
    }

    /**
     * Returns the text; half a surrogate pair, which UTF-8 cannot carry, becomes a question mark.
     */
    static String wellFormed(String text) {
        return new String(text.getBytes(UTF_8), UTF_8);
    }

    private Map<?, ?> tree(String json) {
        if (format.payload(json).tree() instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("the line is no object");
    }

    private static String text(Map<?, ?> head, String key) {
        return (String) Objects.requireNonNull(present(head, key, String.class));
    }

    private static int number(Map<?, ?> head, String key) {
        long value = (Long) Objects.requireNonNull(present(head, key, Long.class));
        if (value != (int) value) {
            throw new IllegalArgumentException("'" + key + "' is " + value);
        }
        return (int) value;
    }

    private static @Nullable Object present(Map<?, ?> head, String key, Class<?> type) {
        Object value = head.get(key);
        if (type.isInstance(value)) {
            return value;
        }
        throw new IllegalArgumentException("'" + key + "' is missing or of a wrong type");
    }

    private static int indexOfEvent(byte[] line) {
        for (int at = 0; at + EVENT.length < line.length; at++) {
            int same = 0;
            while (same < EVENT.length && line[at + same] == EVENT[same]) {
                same++;
            }
            if (same == EVENT.length) {
                return at;
            }
        }
        throw new IllegalArgumentException("the line has no event");
    }
}
