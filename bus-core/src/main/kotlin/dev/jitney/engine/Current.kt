// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/**
 * The publication whose handler runs on this thread, if any: where correlation and causation of a
 * nested publish come from (NST-1), and how a bus knows that its own handler calls it.
 */
internal object Current {
    private val publication = ThreadLocal<EnginePublication?>()

    fun get(): EnginePublication? = publication.get()

    /** Makes [entered] the current one and returns what was; give that to [leave]. */
    fun enter(entered: EnginePublication): EnginePublication? {
        val previous = publication.get()
        publication.set(entered)
        return previous
    }

    fun leave(previous: EnginePublication?) {
        // Not set(null): a pool thread would keep an entry per class loader for ever.
        if (previous == null) publication.remove() else publication.set(previous)
    }

    inline fun <T> within(entered: EnginePublication, block: () -> T): T {
        val previous = enter(entered)
        try {
            return block()
        } finally {
            leave(previous)
        }
    }
}
