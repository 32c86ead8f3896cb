// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.PayloadException;
import dev.jitney.event.PayloadMapper;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.PayloadCodec;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Payloads to JSON and back, with the codecs of one format. */
final class JsonMapper implements PayloadMapper {

    private final PayloadWriter writer;
    private final PayloadReader reader;

    JsonMapper(List<PayloadCodec> codecs, Supplier<PayloadCodec> kotlin) {
        Codecs all = new Codecs(codecs, kotlin);
        writer = new PayloadWriter(all);
        reader = new PayloadReader(all, this);
    }

    PayloadWriter writer() {
        return writer;
    }

    @Override
    public byte[] encode(@Nullable Object payload) {
        LineBuffer out = new LineBuffer(256);
        writer.write(payload, out);
        return out.toBytes();
    }

    @Override
    public @Nullable Object decode(byte[] json, Type type) {
        return reader.read(json, type);
    }

    @Override
    public byte[] compact(String text) {
        // Checked first: the JDK's encoder would put a question mark in its place.
        for (int i = 0, point; i < text.length(); i += Character.charCount(point)) {
            point = text.codePointAt(i);
            if (Character.isBmpCodePoint(point) && Character.isSurrogate((char) point)) {
                throw new PayloadException(
                        "The payload is not JSON. It holds half of a surrogate pair at character "
                                + i
                                + ".");
            }
        }
        byte[] json = ByteStrings.utf8(text);
        try {
            JsonReader checker = new JsonReader().reset(json, 0, json.length);
            checker.peek();
            checker.skip(0);
            checker.expectEnd();
        } catch (EventFormatException e) {
            throw new PayloadException("The payload is not JSON. " + e.getMessage(), e);
        }
        return JsonText.compact(json, 0, json.length);
    }

    @Override
    public byte[] canonical(byte[] json) {
        try {
            return CanonicalJson.of(json);
        } catch (EventFormatException e) {
            throw new PayloadException("The payload is not JSON. " + e.getMessage(), e);
        }
    }
}
