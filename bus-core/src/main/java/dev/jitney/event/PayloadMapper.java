// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Turns payloads into JSON and back. The engine implements it; an application meets it only through
 * {@link Event} and {@link JsonPayload}. JSON is UTF-8 without white space between tokens.
 *
 * <p><b>Threads.</b> Safe for concurrent use. Arrays passed in are neither kept nor changed.
 */
public interface PayloadMapper {

    /**
     * Writes a payload as JSON.
     *
     * @throws PayloadException if it cannot be written, with the place in it and the reason
     */
    byte[] encode(@Nullable Object payload);

    /**
     * Reads JSON as a value of a type; null for JSON's null.
     *
     * @throws PayloadException if it is not of that type, with the place in it and the reason
     */
    @Nullable Object decode(byte[] json, Type type);

    /**
     * Returns a text's JSON without white space between tokens.
     *
     * @throws PayloadException if it is not JSON, with the byte and what was expected there
     */
    byte[] compact(String json);

    /**
     * Returns the one form that equal JSON values share: keys sorted by UTF-16 code unit, numbers
     * by value whatever their size, the fewest escapes.
     *
     * @throws PayloadException if it is not JSON, with the byte and what was expected there
     */
    byte[] canonical(byte[] json);
}
