// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.Append;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.PurgeReport;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreCapabilities;
import dev.jitney.spi.StoreInfo;
import dev.jitney.spi.TailOptions;
import dev.jitney.spi.TopicReader;
import dev.jitney.spi.VerifyOptions;
import dev.jitney.spi.VerifyReport;
import java.time.Duration;
import java.util.List;

/**
 * Hands every call on to another store. Extend it to watch or to change some of them. What is
 * appended to be awaited comes by {@link #append}, so that whoever watches that misses none.
 */
public class ForwardingEventStore implements EventStore {

    private final EventStore delegate;

    public ForwardingEventStore(EventStore delegate) {
        this.delegate = delegate;
    }

    /** Returns the store that does the work. */
    public final EventStore delegate() {
        return delegate;
    }

    @Override
    public StoreCapabilities capabilities() {
        return delegate.capabilities();
    }

    @Override
    public Append append(List<Event> batch, Level level) {
        return delegate.append(batch, level);
    }

    @Override
    public Offset appendAndWait(List<Event> batch, Level level, Duration limit) {
        return delegate.appendAndWait(batch, level, limit);
    }

    @Override
    public EventReader read(ReadOptions options) {
        return delegate.read(options);
    }

    @Override
    public EventTail tail(TailOptions options) {
        return delegate.tail(options);
    }

    @Override
    public TopicReader topics(Selection selection) {
        return delegate.topics(selection);
    }

    @Override
    public Offset start() {
        return delegate.start();
    }

    @Override
    public Offset end() {
        return delegate.end();
    }

    @Override
    public StoreInfo info() {
        return delegate.info();
    }

    @Override
    public PurgeReport purge(Selection selection, PurgeOptions options) {
        return delegate.purge(selection, options);
    }

    @Override
    public PurgeReport applyRetention() {
        return delegate.applyRetention();
    }

    @Override
    public Cursors cursors() {
        return delegate.cursors();
    }

    @Override
    public VerifyReport verify(VerifyOptions options) {
        return delegate.verify(options);
    }

    @Override
    public void close() {
        delegate.close();
    }

    @Override
    public String toString() {
        return delegate.toString();
    }
}
