// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.Topics;
import dev.jitney.spi.EventScanner;

/** Reads the head of a line: stops as soon as id, source, topic and time were met. */
final class LineScanner implements EventScanner {

    private static final int ALL =
            1 << Attributes.ID
                    | 1 << Attributes.SOURCE
                    | 1 << Attributes.TYPE
                    | 1 << Attributes.TIME;

    private final JsonReader reader = new JsonReader();
    private final Timestamps timestamps = new Timestamps();
    private final Text id = new Text();
    private final Text source = new Text();
    private final Text topic = new Text();
    private long timeMillis;

    @Override
    public void scan(byte[] bytes, int from, int to) {
        JsonReader r = reader.reset(bytes, from, to);
        timeMillis = Long.MIN_VALUE;
        if (r.peek() != '{') {
            throw r.expected(r.pos, "'{'");
        }
        r.open(1);
        int missing = ALL;
        if (r.peek() == '}') {
            r.pos++;
        } else {
            do {
                missing &= ~member(r);
                if (missing == 0) {
                    return;
                }
            } while (r.more('}'));
        }
        missing &= ~(1 << Attributes.TIME);
        if (missing != 0) {
            throw EventParser.missing(r, r.pos - 1, Integer.numberOfTrailingZeros(missing));
        }
    }

    // Returns the bit of the attribute that was found.
    private int member(JsonReader r) {
        r.key();
        int attribute = Attributes.of(r);
        r.colon();
        boolean wanted = attribute >= 0 && (ALL & 1 << attribute) != 0;
        if (!wanted || r.peek() == 'n') {
            r.skip(1);
            return 0;
        }
        if (r.peek() != '"') {
            throw r.expected(r.pos, "a string for '" + Attributes.name(attribute) + "'");
        }
        r.string();
        switch (attribute) {
            case Attributes.ID -> id.set(r);
            case Attributes.SOURCE -> source.set(r);
            case Attributes.TYPE -> topic(r);
            default -> {
                timestamps.read(r);
                timeMillis = timestamps.second * 1000 + timestamps.nano / 1_000_000;
            }
        }
        return 1 << attribute;
    }

    private void topic(JsonReader r) {
        if (!isTopic(r)) {
            EventParser.topic(r);
            throw r.expected(r.stringFrom, "the topic without escapes");
        }
        topic.set(r);
    }

    /** Says whether the reader's last string is a topic, written without escapes. */
    static boolean isTopic(JsonReader r) {
        byte[] b = r.bytes;
        int length = r.stringTo - r.stringFrom;
        if (length == 0 || length > Topics.MAX_LENGTH) {
            return false;
        }
        byte before = '.';
        for (int at = r.stringFrom; at < r.stringTo; at++) {
            byte c = b[at];
            boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c > 0;
            boolean good = letter || c >= '0' && c <= '9' || c == '_' || c == '-';
            if (!good && (c != '.' || before == '.')) {
                return false;
            }
            before = c;
        }
        return before != '.';
    }

    @Override
    public int topicFrom() {
        return topic.from;
    }

    @Override
    public int topicTo() {
        return topic.to;
    }

    @Override
    public String topic() {
        return topic.text();
    }

    @Override
    public String id() {
        return id.text();
    }

    @Override
    public String source() {
        return source.text();
    }

    @Override
    public long timeMillis() {
        return timeMillis;
    }

    /** Where a string is in the line. */
    private static final class Text {

        private byte[] bytes = new byte[0];
        private int from;
        private int to;

        void set(JsonReader r) {
            bytes = r.bytes;
            from = r.stringFrom;
            to = r.stringTo;
        }

        String text() {
            return JsonText.unescape(bytes, from, to);
        }
    }
}
