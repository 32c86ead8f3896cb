// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import dev.jitney.spi.EventFormat

// Gone as soon as branch event is merged.
internal fun Event.published(source: String, correlationId: String?, causationId: String?): Event =
    toBuilder().source(source() ?: source).correlationId(correlationId() ?: correlationId ?: id())
        .causationId(causationId() ?: causationId).build()

internal fun Event.withHeader(name: String, value: String): Event = toBuilder().header(name, value).build()

internal val WIRE: EventFormat get() = throw UnsupportedOperationException("merge branch event")
