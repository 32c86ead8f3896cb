// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.lang.reflect.Type;

/**
 * Turns objects of some classes into JSON and back, so that they can be payloads on the wire
 * (EVT-7): Jackson's, say, by a plugin.
 *
 * <p>A codec is asked before the built-in ones, which know Java records and Kotlin's
 * {@code @Serializable} classes, and never for a value of the JDK: texts, numbers, collections,
 * maps, arrays, enums, Optional, java.time, UUID and URI. It is asked for the payload itself, and
 * for objects inside of collections, maps, arrays and records.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 *
 * <p><b>Failures.</b> An exception becomes an {@link EventFormatException} or {@link
 * dev.jitney.event.PayloadException} with it as the cause.
 */
public interface PayloadCodec {

    /** Says whether objects of this class are for this codec. Asked once per class, then kept. */
    boolean supports(Class<?> type);

    /**
     * Writes an object as one JSON value in UTF-8, never null. White space is allowed; duplicate
     * keys, NaN and infinities are not.
     */
    byte[] encode(Object value);

    /**
     * Reads one JSON value other than {@code null}.
     *
     * @param json valid JSON in UTF-8 without white space between tokens; the codec's to keep
     * @param type a class for which {@link #supports} was true, or such a class with type arguments
     */
    Object decode(byte[] json, Type type);
}
