// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Offset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The named cursors of a store (STO-5). A cursor is saved whole or not at all, survives a kill, and
 * moves only forward unless it is reset on purpose: what is done stays done. Safe for concurrent
 * use, over processes too.
 *
 * <p><b>Owners.</b> A cursor may be claimed, and has one owner then (DSU-3). Only the owner's claim
 * changes it: {@link #save}, {@link #reset} and {@link #remove} of a claimed cursor throw {@link
 * StoreException} and change nothing.
 *
 * <p><b>Failures.</b> Every method that takes a name throws {@link IllegalArgumentException} if the
 * text is not one: {@code [A-Za-z0-9][A-Za-z0-9._-]*}, at most 128 characters.
 */
public interface Cursors {

    /** Returns the cursor of this name, or null if there is none. */
    @Nullable Cursor find(String name);

    /**
     * Saves a checkpoint. One that is behind the saved one changes nothing.
     *
     * @param checkpoint the offset of the first event that is not yet done
     * @return the cursor as it is now saved
     * @throws IllegalArgumentException if the checkpoint is {@link Offset#UNASSIGNED}
     */
    Cursor save(String name, Offset checkpoint);

    /** Sets a checkpoint on purpose, backward too; nothing above it is done then. */
    Cursor reset(String name, Offset checkpoint);

    /** Removes the cursor and says whether it was there. */
    boolean remove(String name);

    /** Returns all cursors in order of name. */
    List<Cursor> list();

    /**
     * Makes the caller the owner of a cursor, whether it is there yet or not (DSU-3). Never waits
     * for another owner. Over processes the claim is a lock of the system, which it lets go of at
     * once when the owner's process dies, however it dies.
     *
     * @return the claim, or null if somebody else has it, in this process or another one
     * @throws UnsupportedOperationException if the store does not declare {@link
     *     StoreCapabilities#claims}
     */
    default @Nullable Claim claim(String name) {
        throw new UnsupportedOperationException(
                "The cursors of this store cannot be claimed, so that none has one owner.");
    }

    /**
     * The right to one cursor, until it is closed, its store is closed, or the process ends. Safe
     * for concurrent use.
     */
    interface Claim extends AutoCloseable {

        /** The ranges above a checkpoint that every store with claims takes at least. */
        int MOST_RANGES = 4_096;

        /** Returns the name of the cursor. */
        String name();

        /** Returns the cursor, or null if there is none yet. */
        @Nullable Cursor find();

        /**
         * Saves what is done, all of it or nothing; what was done before stays done. A store whose
         * events may be lost with the machine's power forces them first: no event that is lost can
         * count as done then.
         *
         * @param progress at most {@link #MOST_RANGES} ranges
         * @return the cursor as it is now saved
         * @throws StoreException if it cannot be saved, or the claim has ended
         */
        Cursor save(Cursor.Progress progress);

        /**
         * Sets a checkpoint on purpose, backward too; nothing above it is done then.
         *
         * @throws StoreException if it cannot be saved, or the claim has ended
         */
        Cursor reset(Offset checkpoint);

        /** Gives the cursor up; it stays as it was saved. Closing again has no effect. */
        @Override
        void close();
    }
}
