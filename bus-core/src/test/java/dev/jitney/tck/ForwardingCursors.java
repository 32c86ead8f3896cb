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

    @Override
    public @Nullable Claim claim(String name) {
        return delegate.claim(name);
    }

    /** Hands every call on to a claim of another store. */
    public static class ForwardingClaim implements Claim {

        private final Claim delegate;

        public ForwardingClaim(Claim delegate) {
            this.delegate = delegate;
        }

        @Override
        public String name() {
            return delegate.name();
        }

        @Override
        public @Nullable Cursor find() {
            return delegate.find();
        }

        @Override
        public Cursor save(Cursor.Progress progress) {
            return delegate.save(progress);
        }

        @Override
        public Cursor reset(Offset checkpoint) {
            return delegate.reset(checkpoint);
        }

        @Override
        public void close() {
            delegate.close();
        }
    }
}
