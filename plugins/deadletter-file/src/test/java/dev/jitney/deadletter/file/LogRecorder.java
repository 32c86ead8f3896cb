// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** Gathers what a class logs, and keeps it off the console, until it is closed. */
final class LogRecorder implements AutoCloseable {

    private final Logger logger;
    private final @Nullable Level before;
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final Runnable then;
    private final Handler handler =
            new Handler() {
                private final SimpleFormatter formatter = new SimpleFormatter();

                @Override
                public void publish(LogRecord record) {
                    if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                        messages.add(formatter.formatMessage(record));
                        then.run();
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    LogRecorder(Class<?> type) {
        this(type, () -> {});
    }

    /** Does something as well with each message, as a handler may that tells others of it. */
    LogRecorder(Class<?> type, Runnable then) {
        this.then = then;
        logger = Logger.getLogger(type.getName());
        before = logger.getLevel();
        logger.setLevel(Level.ALL);
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
    }

    List<String> messages() {
        return messages;
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
        logger.setLevel(before);
        logger.setUseParentHandlers(true);
    }
}
