// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

private const val LIMIT = 4_096

/**
 * The lineages of the last [LIMIT] events that handlers have published into the store, so that a
 * durable subscription which gets them from there goes on with them: else a durable handler that
 * causes itself would never be stopped (NST-5). Nothing is kept before one is [wanted].
 */
internal class Lineages {
    @Volatile
    private var wanted = false

    private val byId = NewestMap<Lineage>(LIMIT)

    fun want() {
        wanted = true
    }

    fun remember(eventId: String, lineage: Lineage) {
        if (wanted) byId[eventId] = lineage
    }

    fun of(eventId: String): Lineage? = byId[eventId]
}
