// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Offset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The named cursors of a store (STO-5). A cursor is saved whole or not at all, survives a kill, and
 * moves only forward unless it is reset on purpose. Safe for concurrent use, over processes too.
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

    /** Sets a checkpoint on purpose, backward too. */
    Cursor reset(String name, Offset checkpoint);

    /** Removes the cursor and says whether it was there. */
    boolean remove(String name);

    /** Returns all cursors in order of name. */
    List<Cursor> list();
}
