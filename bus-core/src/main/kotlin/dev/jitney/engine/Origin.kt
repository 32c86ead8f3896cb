// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.spi.PublicationInfo

/** Where an event that is delivered comes from. */
internal enum class Origin(val shown: PublicationInfo.Origin) {
    PUBLISHED(PublicationInfo.Origin.PUBLISHED),
    REMOTE(PublicationInfo.Origin.REMOTE),
    REPLAYED(PublicationInfo.Origin.REPLAYED),
    FORWARDED(PublicationInfo.Origin.FORWARDED),
    REDELIVERED(PublicationInfo.Origin.RETRIED),
    DURABLE(PublicationInfo.Origin.DURABLE),
    ;

    companion object {
        private val ALL = values()

        /** The origin of this number. */
        fun of(ordinal: Byte): Origin = ALL[ordinal.toInt()]
    }
}
