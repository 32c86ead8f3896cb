// SPDX-License-Identifier: Apache-2.0
package dev.jitney.logs;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Lets tests of bus-core read what was logged; a real logging context, no output. */
public final class LogsProvider implements SLF4JServiceProvider {

    private final ILoggerFactory loggers = Kept::new;
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new ThreadContext();

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}

    /** Keeps all lines of ours, and what others think is worth a warning. */
    private static final class Kept extends LegacyAbstractLogger {

        private static final long serialVersionUID = 1L;

        private final boolean ours;

        Kept(String name) {
            this.name = name;
            this.ours = name.startsWith("dev.jitney");
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String pattern, Object[] arguments, Throwable cause) {
            String message = MessageFormatter.basicArrayFormat(pattern, arguments);
            Logs.add(level, name, message, cause);
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return Logger.class.getName();
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return ours;
        }

        @Override
        public boolean isInfoEnabled() {
            return ours;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
