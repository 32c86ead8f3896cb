// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.Cursors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands every call on to the cursors of another store. */
public class ForwardingCursors implements Cursors {

    private final Cursors delegate;

    public ForwardingCursors(Cursors delegate) {
        this.delegate = delegate;
    }

    @Override
    public @Nullable Cursor find(String name) {
        return delegate.find(name);
    }

    @Override
    public Cursor save(String name, Offset checkpoint) {
        return delegate.save(name, checkpoint);
    }

    @Override
    public Cursor reset(String name, Offset checkpoint) {
        return delegate.reset(name, checkpoint);
    }

    @Override
    public boolean remove(String name) {
        return delegate.remove(name);
    }

    @Override
    public List<Cursor> list() {
        return delegate.list();
    }
}
