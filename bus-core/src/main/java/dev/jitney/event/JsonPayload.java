// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A payload that is still JSON: that of an event read from a store, a bridge or the command line.
 * It is valid, has no white space between tokens, and is turned into objects only when asked; every
 * call does so afresh, so what it returns belongs to the caller.
 *
 * <p>Two are equal when their texts are; {@code 1} and {@code 1.0} are not.
 *
 * <p><b>Threads.</b> Immutable.
 */
public final class JsonPayload {

    private final byte[] json;
    private final PayloadMapper mapper;

    private JsonPayload(byte[] json, PayloadMapper mapper) {
        this.json = json;
        this.mapper = mapper;
    }

    /**
     * Returns a payload of this JSON text.
     *
     * @throws PayloadException if the text is not JSON, with the byte and what was expected there
     */
    public static JsonPayload of(String json) {
        PayloadMapper mapper = StandardMapper.INSTANCE;
        return new JsonPayload(mapper.compact(json), mapper);
    }

    /**
     * Returns a payload of bytes that the caller has checked, for implementations of a wire form.
     *
     * @param json valid, compact JSON in UTF-8; not copied, so it must never change
     * @param mapper reads it when asked
     */
    public static JsonPayload ofChecked(byte[] json, PayloadMapper mapper) {
        return new JsonPayload(json, mapper);
    }

    /** Returns the JSON text. */
    public String json() {
        return new String(json, StandardCharsets.UTF_8);
    }

    /** Returns the length of the JSON text in bytes of UTF-8. */
    public int length() {
        return json.length;
    }

    /** Copies the JSON text in UTF-8, {@link #length()} bytes, to a place in an array. */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(json, 0, target, at, json.length);
    }

    /**
     * Returns the value as a tree of the JDK's own types: Map with String keys in the order of the
     * text, List, String, Boolean, null; Long, or BigInteger where a long is too small; BigDecimal
     * for a number with a fraction or an exponent.
     */
    public @Nullable Object tree() {
        return mapper.decode(json, Object.class);
    }

    /**
     * Returns the value as an object of a type; null for JSON's null.
     *
     * @throws PayloadException if it is not of that type, with the place in it and the reason
     */
    public <T> @Nullable T as(Class<T> type) {
        return Payloads.cast(mapper.decode(json, type), type);
    }

    /** Returns the value as an object of a type that may have type arguments; see {@link #as}. */
    public @Nullable Object asType(Type type) {
        return mapper.decode(json, type);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonPayload that && Arrays.equals(json, that.json);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(json);
    }

    /** Returns the JSON text. */
    @Override
    public String toString() {
        return json();
    }
}
