// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.LineMatcher;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides on a line with one pass over its members, in whatever order they come: a condition that
 * fails ends it, as does the last one to hold. Agrees with {@link Selection#matches} on every line
 * that is an event.
 */
final class SelectionMatcher implements LineMatcher {

    private static final int END = -2;
    private static final int BEFORE_TOPIC = 1 << Attributes.ID | 1 << Attributes.SOURCE;
    private static final byte[] OPEN_ID = JsonWriter.ascii("{\"id\":\"");
    private static final byte[] SOURCE = JsonWriter.ascii("\",\"source\":\"");
    private static final byte[] TYPE = JsonWriter.ascii("\",\"type\":");

    private final JsonReader reader = new JsonReader();
    private final Timestamps timestamps = new Timestamps();
    private final Selection selection;
    private final int wanted;
    private final TopicMatcher topics;
    private final ByteStrings ids;
    private final ByteStrings sources;
    private final byte @Nullable [] correlationId;
    private final byte @Nullable [] key;
    private final boolean[] severities = new boolean[Severity.values().length];
    private final byte[][] severityNames = new byte[severities.length][];
    private final long sinceSecond;
    private final int sinceNano;
    private final long untilSecond;
    private final int untilNano;

    // A source with a percent sign may stand for another text, which may come before or after it.
    private @Nullable String encodedSource;
    private @Nullable String sourceText;

    SelectionMatcher(Selection selection) {
        this.selection = selection;
        topics = new TopicMatcher(selection);
        ids = new ByteStrings(selection.ids());
        Set<String> written = new LinkedHashSet<>(selection.sources());
        for (String source : selection.sources()) {
            written.add(Sources.onWire(source));
        }
        sources = new ByteStrings(written);
        correlationId = bytes(selection.correlationId());
        key = bytes(selection.key());
        for (Severity severity : Severity.values()) {
            severities[severity.ordinal()] = selection.severities().contains(severity);
            severityNames[severity.ordinal()] = ByteStrings.utf8(severity.wireName());
        }
        Instant since = selection.since() == null ? Instant.MIN : selection.since();
        Instant until = selection.until() == null ? Instant.MAX : selection.until();
        sinceSecond = since.getEpochSecond();
        sinceNano = since.getNano();
        untilSecond = until.getEpochSecond();
        untilNano = until.getNano();
        wanted = wanted(selection);
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : ByteStrings.utf8(text);
    }

    private static int wanted(Selection selection) {
        boolean anyTime = selection.since() == null && selection.until() == null;
        return bit(Attributes.TYPE, !selection.selectsAllTopics())
                | bit(Attributes.ID, !selection.ids().isEmpty())
                | bit(Attributes.SOURCE, !selection.sources().isEmpty())
                | bit(Attributes.SEVERITY, !selection.severities().isEmpty())
                | bit(Attributes.CORRELATIONID, selection.correlationId() != null)
                | bit(Attributes.PARTITIONKEY, selection.key() != null)
                | bit(Attributes.TIME, !anyTime);
    }

    private static int bit(int attribute, boolean set) {
        return set ? 1 << attribute : 0;
    }

    @Override
    public boolean matches(byte[] bytes, int from, int to) {
        JsonReader r = reader.reset(bytes, from, to);
        if (r.peek() != '{') {
            throw r.expected(r.pos, "'{'");
        }
        encodedSource = null;
        sourceText = null;
        int pending = wanted;
        if (pending == 0) {
            return true;
        }
        int attribute = begin(r, pending);
        while (attribute != END) {
            int mask = attribute < 0 ? 0 : 1 << attribute;
            if ((pending & mask) == 0) {
                skip(r, attribute, pending);
            } else if (r.peek() != '"') {
                other(r, attribute);
            } else {
                r.string();
                if (!holds(r, attribute)) {
                    return false;
                }
                pending &= ~mask;
                if (attribute == Attributes.SOURCE && encodedSource != null) {
                    pending |= 1 << Attributes.SOURCETEXT;
                }
                if (pending == 0) {
                    return true;
                }
            }
            attribute = r.more('}') ? key(r) : END;
        }
        return atEnd(r, pending);
    }

    /** Goes to the first value that may matter and returns whose it is. */
    private static int begin(JsonReader r, int pending) {
        if ((pending & BEFORE_TOPIC) == 0 && passToTopic(r)) {
            return Attributes.TYPE;
        }
        r.open(1);
        if (r.peek() == '}') {
            r.pos++;
            return END;
        }
        return key(r);
    }

    private static int key(JsonReader r) {
        r.key();
        int attribute = Attributes.of(r);
        r.colon();
        return attribute;
    }

    /** Passes what a line of ours has in front of its topic; any other line is left as it is. */
    private static boolean passToTopic(JsonReader r) {
        int start = r.pos;
        boolean ours =
                r.passes(OPEN_ID)
                        && r.passesPlain()
                        && r.passes(SOURCE)
                        && r.passesPlain()
                        && r.passes(TYPE);
        if (!ours) {
            r.pos = start;
        }
        return ours;
    }

    private void skip(JsonReader r, int attribute, int pending) {
        if (r.peek() == '"') {
            r.string();
            if (attribute == Attributes.SOURCETEXT && (pending & 1 << Attributes.SOURCE) != 0) {
                sourceText = r.text();
            } else if (attribute == Attributes.TYPE && !LineScanner.isTopic(r)) {
                EventParser.topic(r);
            }
        } else {
            r.skip(1);
        }
    }

    // Null is an attribute that is not there; another type is refused where only a text is right.
    private static void other(JsonReader r, int attribute) {
        if (r.peek() != 'n' && attribute <= Attributes.DATASCHEMA) {
            throw r.expected(r.pos, "a string for '" + Attributes.name(attribute) + "'");
        }
        r.skip(1);
    }

    private boolean holds(JsonReader r, int attribute) {
        return switch (attribute) {
            case Attributes.TYPE -> topic(r);
            case Attributes.ID -> isOneOf(r, ids);
            case Attributes.SOURCE -> source(r);
            case Attributes.SOURCETEXT -> sourceText(r);
            case Attributes.CORRELATIONID -> equal(r, correlationId);
            case Attributes.PARTITIONKEY -> equal(r, key);
            case Attributes.SEVERITY -> severities[severity(r)];
            default -> time(r);
        };
    }

    private boolean topic(JsonReader r) {
        if (LineScanner.isTopic(r)) {
            return topics.matches(r.bytes, r.stringFrom, r.stringTo);
        }
        return selection.matchesTopic(EventParser.topic(r));
    }

    private static boolean isOneOf(JsonReader r, ByteStrings set) {
        if (r.stringEscaped) {
            byte[] text = ByteStrings.utf8(r.text());
            return set.contains(text, 0, text.length);
        }
        return set.contains(r.bytes, r.stringFrom, r.stringTo);
    }

    private static boolean equal(JsonReader r, byte @Nullable [] wanted) {
        byte[] text = wanted == null ? new byte[0] : wanted;
        if (r.stringEscaped) {
            byte[] unescaped = ByteStrings.utf8(r.text());
            return ByteStrings.equal(text, unescaped, 0, unescaped.length);
        }
        return ByteStrings.equal(text, r.bytes, r.stringFrom, r.stringTo);
    }

    private boolean source(JsonReader r) {
        if (!isOneOf(r, sources)) {
            return false;
        }
        String wire = r.text();
        if (wire.indexOf('%') < 0) {
            return selection.sources().contains(wire);
        }
        if (sourceText != null) {
            return selectsSource(wire, sourceText);
        }
        encodedSource = wire;
        return true;
    }

    private boolean sourceText(JsonReader r) {
        return encodedSource == null || selectsSource(encodedSource, r.text());
    }

    private boolean selectsSource(String wire, String text) {
        return selection.sources().contains(Sources.standsFor(text, wire) ? text : wire);
    }

    private int severity(JsonReader r) {
        for (int i = 0; i < severityNames.length; i++) {
            if (ByteStrings.equal(severityNames[i], r.bytes, r.stringFrom, r.stringTo)) {
                return i;
            }
        }
        String text = r.text();
        for (Severity severity : Severity.values()) {
            if (severity.wireName().equalsIgnoreCase(text)) {
                return severity.ordinal();
            }
        }
        return Severity.INFO.ordinal();
    }

    private boolean time(JsonReader r) {
        timestamps.read(r);
        return within(timestamps.second, timestamps.nano);
    }

    private boolean within(long second, int nano) {
        return (second > sinceSecond || second == sinceSecond && nano >= sinceNano)
                && (second < untilSecond || second == untilSecond && nano < untilNano);
    }

    private boolean atEnd(JsonReader r, int pending) {
        r.expectEnd();
        requireSeen(r, pending, Attributes.ID);
        requireSeen(r, pending, Attributes.SOURCE);
        requireSeen(r, pending, Attributes.TYPE);
        String wire = encodedSource;
        boolean otherSource =
                (pending & 1 << Attributes.SOURCETEXT) != 0
                        && wire != null
                        && !selection.sources().contains(wire);
        return !otherSource
                && (pending & (1 << Attributes.CORRELATIONID | 1 << Attributes.PARTITIONKEY)) == 0
                && ((pending & 1 << Attributes.SEVERITY) == 0 || severities[0])
                && ((pending & 1 << Attributes.TIME) == 0 || within(0, 0));
    }

    private static void requireSeen(JsonReader r, int pending, int attribute) {
        if ((pending & 1 << attribute) != 0) {
            throw missing(r, attribute);
        }
    }

    private static EventFormatException missing(JsonReader r, int attribute) {
        return EventParser.missing(r, r.pos - 1, attribute);
    }
}
