// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Selection;

/**
 * Which of the events selected go: not those that a cursor needs, and not the newest. It is asked
 * for each event selected, from the oldest on. Belongs to one thread.
 *
 * @param selection which events are meant
 * @param upTo the offset from which on events are not meant, selected or not
 * @param neededFrom the lowest offset that a cursor needs
 * @param oldest how many of the events selected, the oldest, may go at all
 */
record PurgeRule(Selection selection, long upTo, long neededFrom, long oldest) {

    PurgeRule withOldest(long events) {
        return new PurgeRule(selection, upTo, neededFrom, events);
    }

    /** Says whether an event goes that is selected as the one of this number, from 0. */
    boolean removes(long number, long offset) {
        return number < oldest && offset < neededFrom;
    }

    /** Says whether everything goes up to an offset, even what cannot be read. */
    boolean removesAllBelow(long endOffset) {
        return selection.selectsAll()
                && oldest == Long.MAX_VALUE
                && endOffset <= Math.min(upTo, neededFrom);
    }
}
