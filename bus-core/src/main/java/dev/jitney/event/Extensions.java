// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;

/** The rules for names and values of CloudEvents extensions (EVT-5). */
public final class Extensions {

    private static final int MAX_NAME = 20;

    private Extensions() {}

    /**
     * Says whether a header travels as an extension of its own: the name has 1 to 20 characters of
     * {@code a-z0-9} and no meaning in CloudEvents or here, and the value holds no control
     * character and no noncharacter.
     */
    public static boolean travels(String name, String value) {
        return name.length() <= MAX_NAME
                && validName(name)
                && !isAttribute(name)
                && !isOurs(name)
                && legalText(value);
    }

    static boolean validName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** The context attributes of CloudEvents itself, which are never extensions. */
    static boolean isAttribute(String name) {
        return switch (name) {
            case "id", "source", "type", "specversion", "time", "subject" -> true;
            case "datacontenttype", "dataschema", "data" -> true;
            default -> false;
        };
    }

    /** The extensions that carry fields of an event. */
    static boolean isOurs(String name) {
        return switch (name) {
            case "severity", "partitionkey", "correlationid", "causationid" -> true;
            case "dataversion", "headers", "sourcetext" -> true;
            default -> false;
        };
    }

    /** Says whether CloudEvents allows the text: no control characters and no noncharacters. */
    static boolean legalText(String text) {
        // Most texts are plain ASCII: a loop that does nothing else takes half as long.
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if ((char) (text.charAt(i) - 0x20) >= 0x7f - 0x20) {
                return legalFrom(text, i);
            }
        }
        return true;
    }

    private static boolean legalFrom(String text, int first) {
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0x7f && c <= 0x9f) {
                return false;
            }
            if (c >= 0xd800) {
                int point = text.codePointAt(i);
                if (point >= 0xfdd0 && point <= 0xfdef
                        || (point & 0xfffe) == 0xfffe
                        || Character.getType(point) == Character.SURROGATE) {
                    return false;
                }
                i += Character.charCount(point) - 1;
            }
        }
        return true;
    }

    /** Returns the value as it travels: Boolean, Integer or String. */
    static Object normalised(String name, Object value) {
        if (value instanceof String || value instanceof Integer || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Short || value instanceof Byte) {
            return ((Number) value).intValue();
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof URI || value instanceof Instant) {
            return value.toString();
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant().toString();
        }
        throw new IllegalArgumentException(
                "Extension '"
                        + name
                        + "' is a "
                        + value.getClass().getTypeName()
                        + ". Use a String, Boolean, Integer, byte[], URI, Instant or"
                        + " OffsetDateTime.");
    }
}
