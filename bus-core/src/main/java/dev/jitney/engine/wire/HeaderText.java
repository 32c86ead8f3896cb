// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.Extensions;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.LineBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers that cannot be extensions, as one JSON object in a text (EVT-5). Everything that a
 * text of CloudEvents may not hold is escaped in it.
 */
final class HeaderText {

    private HeaderText() {}

    static String write(Map<String, String> headers) {
        LineBuffer json = new LineBuffer(128);
        json.write('{');
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (json.length() > 1) {
                json.write(',');
            }
            JsonWriter.string(json, header.getKey());
            json.write(':');
            JsonWriter.string(json, header.getValue());
        }
        json.write('}');
        return escaped(json.toString());
    }

    // The JSON above is right already; what is left are DEL, C1 controls and noncharacters.
    private static String escaped(String json) {
        StringBuilder escaped = new StringBuilder(json.length() + 16);
        int point;
        for (int i = 0; i < json.length(); i += Character.charCount(point)) {
            point = json.codePointAt(i);
            boolean legal =
                    (point < 0x7f || point > 0x9f)
                            && (point < 0xfdd0 || point > 0xfdef)
                            && (point & 0xfffe) != 0xfffe;
            if (legal) {
                escaped.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    String hex = Integer.toHexString(unit | 0x10000).substring(1);
                    escaped.append("\\u").append(hex);
                }
            }
        }
        return escaped.toString();
    }

    /** Returns the headers, or null when the text is not one that {@link #write} gives. */
    static @Nullable Map<String, String> read(String text) {
        byte[] json = ByteStrings.utf8(text);
        Object tree;
        try {
            tree = JsonTree.read(json);
        } catch (EventFormatException e) {
            return null;
        }
        if (!(tree instanceof Map<?, ?> map) || map.isEmpty()) {
            return null;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<?, ?> header : map.entrySet()) {
            String name = (String) header.getKey();
            if (!(header.getValue() instanceof String value) || Extensions.travels(name, value)) {
                return null;
            }
            headers.put(name, value);
        }
        return write(headers).equals(text) ? headers : null;
    }
}
