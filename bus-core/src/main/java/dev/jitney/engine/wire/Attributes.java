// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import org.jspecify.annotations.Nullable;

/** The members of an event that have a meaning here, each with a number that is a bit in a mask. */
final class Attributes {

    static final int OTHER = -1;
    static final int ID = 0;
    static final int SOURCE = 1;
    static final int TYPE = 2;
    static final int SPECVERSION = 3;
    static final int TIME = 4;
    static final int SUBJECT = 5;
    static final int DATACONTENTTYPE = 6;
    static final int DATASCHEMA = 7;
    static final int SEVERITY = 8;
    static final int PARTITIONKEY = 9;
    static final int CORRELATIONID = 10;
    static final int CAUSATIONID = 11;
    static final int DATAVERSION = 12;
    static final int SOURCETEXT = 13;
    static final int HEADERS = 14;
    static final int DATA = 15;
    static final int DATA_BASE64 = 16;

    private static final String[] NAMES = {
        "id",
        "source",
        "type",
        "specversion",
        "time",
        "subject",
        "datacontenttype",
        "dataschema",
        "severity",
        "partitionkey",
        "correlationid",
        "causationid",
        "dataversion",
        "sourcetext",
        "headers",
        "data",
        "data_base64",
    };

    private static final byte[][] BYTES = new byte[NAMES.length][];

    static {
        for (int i = 0; i < NAMES.length; i++) {
            BYTES[i] = JsonWriter.ascii(NAMES[i]);
        }
    }

    private Attributes() {}

    static String name(int attribute) {
        return NAMES[attribute];
    }

    /** Returns which attribute the key that the reader has read last names, or {@link #OTHER}. */
    static int of(JsonReader reader) {
        if (reader.stringEscaped) {
            byte[] text = ByteStrings.utf8(reader.text());
            return of(text, 0, text.length);
        }
        return of(reader.bytes, reader.stringFrom, reader.stringTo);
    }

    private static int of(byte[] b, int from, int to) {
        int candidate =
                switch (to - from) {
                    case 2 -> ID;
                    case 4 -> b[from] == 'd' ? DATA : b[from + 1] == 'y' ? TYPE : TIME;
                    case 6 -> SOURCE;
                    case 7 -> b[from] == 's' ? SUBJECT : HEADERS;
                    case 8 -> SEVERITY;
                    case 10 -> b[from] == 'd' ? DATASCHEMA : SOURCETEXT;
                    case 11 -> elevenLong(b, from);
                    case 12 -> PARTITIONKEY;
                    case 13 -> CORRELATIONID;
                    case 15 -> DATACONTENTTYPE;
                    default -> OTHER;
                };
        if (candidate == OTHER) {
            return OTHER;
        }
        byte[] name = BYTES[candidate];
        for (int i = 0; i < name.length; i++) {
            if (name[i] != b[from + i]) {
                return OTHER;
            }
        }
        return candidate;
    }

    private static int elevenLong(byte[] b, int from) {
        return switch (b[from]) {
            case 's' -> SPECVERSION;
            case 'c' -> CAUSATIONID;
            default -> b[from + 4] == '_' ? DATA_BASE64 : DATAVERSION;
        };
    }

    /**
     * Says whether a media type means JSON; none does too. The rule is that of the CloudEvents Java
     * SDK, which must read what we write: {@code application} or {@code text}, then {@code json} or
     * letters and {@code +json}, in lower case, then parameters. By it {@code
     * application/vnd.x+json} is not JSON.
     */
    static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return true;
        }
        int semicolon = contentType.indexOf(';');
        int end = semicolon < 0 ? contentType.length() : semicolon;
        int slash = contentType.indexOf('/');
        boolean known = contentType.startsWith("application/") || contentType.startsWith("text/");
        if (!known || end - slash < 5 || !contentType.startsWith("json", end - 4)) {
            return false;
        }
        if (slash == end - 5) {
            return true;
        }
        for (int i = slash + 1; i < end - 5; i++) {
            char c = (char) (contentType.charAt(i) | 0x20);
            if (c < 'a' || c > 'z') {
                return false;
            }
        }
        return slash + 1 < end - 5 && contentType.charAt(end - 5) == '+';
    }
}
