// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A handler from a jar with a class loader of its own, which is the thread's context class loader
 * while it is called: so it finds its own drivers and resources.
 */
class LoadedHandler implements EventHandler {

    private final EventHandler handler;
    private final ClassLoader loader;

    private LoadedHandler(EventHandler handler) {
        this.handler = handler;
        this.loader = handler.getClass().getClassLoader();
    }

    /** Returns the handler itself if it is of the engine's own class loader. */
    static EventHandler of(EventHandler handler) {
        if (handler.getClass().getClassLoader() == LoadedHandler.class.getClassLoader()) {
            return handler;
        }
        return handler instanceof Staged staged ? new OfStage(staged) : new LoadedHandler(handler);
    }

    @Override
    public String name() {
        return handler.name();
    }

    @Override
    public List<TopicPattern> patterns() {
        return handler.patterns();
    }

    @Override
    public int priority() {
        return handler.priority();
    }

    @Override
    public boolean blocking() {
        return handler.blocking();
    }

    @Override
    public @Nullable Duration timeout() {
        return handler.timeout();
    }

    @Override
    public void start(PluginContext context) {
        ClassLoader before = enter();
        try {
            handler.start(context);
        } finally {
            leave(before);
        }
    }

    @Override
    public boolean wants(Event event) {
        return handler.wants(event);
    }

    @Override
    public void handle(Event event) throws Exception {
        ClassLoader before = enter();
        try {
            handler.handle(event);
        } finally {
            leave(before);
        }
    }

    @Override
    public void close() {
        handler.close();
    }

    final ClassLoader enter() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        return before;
    }

    static void leave(ClassLoader before) {
        Thread.currentThread().setContextClassLoader(before);
    }

    private static final class OfStage extends LoadedHandler implements EventHandler.Staged {

        private final Staged staged;

        OfStage(Staged staged) {
            super(staged);
            this.staged = staged;
        }

        @Override
        public CompletionStage<?> handleAsync(Event event) throws Exception {
            ClassLoader before = enter();
            try {
                return staged.handleAsync(event);
            } finally {
                leave(before);
            }
        }

        @Override
        public void handle(Event event) throws Exception {
            super.handle(event);
        }
    }
}
