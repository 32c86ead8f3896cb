// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Publication

// So many are compared with all of the history: cheaper than a hash of each that is kept.
private const val FEW = 8

/**
 * All that a bus knows of its events, each once: those [inFlight], and those of the [history], the newest first. The
 * history is read after the others were, so that none is missed that completes meanwhile.
 *
 * One may then be in both, or, as it began, twice among those in flight. Only one that has begun: so of those that wait,
 * which may be many, none is compared.
 */
internal fun allKnown(inFlight: Collection<Publication>, history: History): List<Publication> {
    val kept = history.newestFirst()
    if (inFlight.isEmpty()) return kept
    val all = ArrayList<Publication>(inFlight.size + kept.size)
    val begun = LinkedHashSet<Publication>()
    // What has not begun after the history was read is not in it.
    for (one in inFlight) if (one.state() == Publication.State.PENDING) all.add(one) else begun.add(one)
    if (begun.size > FEW) for (one in kept) begun.remove(one) else begun.removeIf(kept::contains)
    all.addAll(begun)
    all.addAll(kept)
    return all
}
