// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire

import dev.jitney.event.JsonPayload
import dev.jitney.event.PayloadMapper
import dev.jitney.spi.EventFormat
import dev.jitney.spi.PayloadCodec
import java.util.Collections

/** Returns the wire form of events, whose payloads these codecs read and write before the built-in ones. */
internal fun cloudEventsFormat(codecs: List<PayloadCodec>): EventFormat =
    if (codecs.isEmpty()) Standard.format else CloudEventsFormat(codecs)

/** One for all buses without codecs of their own: what it learns of a class holds for each of them. */
private object Standard {
    val format: EventFormat = CloudEventsFormat(Collections.emptyList())
}

/**
 * The CloudEvents JSON format with Kotlin's serializers, which are loaded when the first payload asks for them.
 */
internal class CloudEventsFormat private constructor(
    private val wire: EventFormat,
) : EventFormat by wire {
    constructor(codecs: List<PayloadCodec>) : this(WireFormat(jsonMapper(codecs)))

    // Kotlin does not hand on the default methods of a Java interface: it would read with the built-in codecs only.
    override fun payload(json: String): JsonPayload = wire.payload(json)
}

/** The mapper for JSON outside of a format; `ServiceLoader` finds it. Kotlin's own lists take long to load. */
internal class StandardPayloadMapper : PayloadMapper by jsonMapper(Collections.emptyList())

private fun jsonMapper(codecs: List<PayloadCodec>) = JsonMapper(codecs) { SerializableCodec() }
