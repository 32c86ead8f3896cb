// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.tck.TckContext;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PluginLogTest {

    private final TckContext context = new TckContext();
    private final LogDiary diary = new LogDiary();
    private final PluginLog log = new PluginLog(context.clock(), diary);

    @Test
    @DisplayName("ERR-6 a failure is logged once a minute, with how often it has happened")
    void logsOnceAMinuteWithACount() {
        IllegalStateException failure = new IllegalStateException("no");
        for (int i = 0; i < 5; i++) {
            log.failed("interceptor 'otel'", "started", failure);
        }
        context.advance(Duration.ofSeconds(59));
        log.failed("interceptor 'otel'", "completed", failure);
        assertThat(diary.lines)
                .containsExactly(
                        "The interceptor 'otel' has failed in 'started':"
                                + " java.lang.IllegalStateException: no.");
        assertThat(diary.causes).containsExactly(failure);
        context.advance(Duration.ofSeconds(1));
        log.failed("interceptor 'otel'", "completed", failure);
        assertThat(diary.lines.get(1))
                .isEqualTo(
                        "The interceptor 'otel' has failed in 'completed':"
                                + " java.lang.IllegalStateException: no. The like has happened 5"
                                + " times more since the last report.");
        assertThat(diary.failed).as("every failure is counted").hasSize(7);
    }

    @Test
    @DisplayName("ERR-6 one plugin's failures do not silence another's")
    void tellsPluginsApart() {
        log.failed("handler 'a'", "handle", new IllegalStateException("a"));
        log.failed("handler 'b'", "handle", new IllegalStateException("b"));
        log.say("evictions", "Full.", null);
        assertThat(diary.lines).hasSize(3);
    }

    @Test
    @DisplayName("ERR-6 what it says is one line, whatever stands in an id or a failure")
    void oneLine() {
        log.say("evictions", "Event 'a\nb' made room.", null);
        log.failed("validator 'v'", "check", new IllegalStateException("x\r\n\u001b[2J"));
        assertThat(diary.lines)
                .containsExactly(
                        "Event 'a\\u000ab' made room.",
                        "The validator 'v' has failed in 'check': java.lang.IllegalStateException:"
                                + " x\\u000d\\u000a\\u001b[2J.");
    }

    @Test
    @DisplayName("ERR-6 at the end it says what was left unsaid")
    void saysAtTheEndWhatWasLeft() {
        log.say("a", "First.", null);
        log.say("a", "Second.", null);
        log.say("b", "Other.", null);
        log.flush();
        log.flush();
        assertThat(diary.lines)
                .containsExactly(
                        "First.",
                        "Other.",
                        "About the a: The like has happened once more since the last report.");
    }

    @Test
    @DisplayName("ERR-6 a clock that is set back does not silence it")
    void bearsAClockThatIsSetBack() {
        log.say("a", "First.", null);
        context.advance(Duration.ofDays(-1));
        log.say("a", "Second.", null);
        assertThat(diary.lines).containsExactly("First.", "Second.");
    }

    @Test
    @DisplayName("ERR-2 an error of the whole machine is thrown on, a deep stack is a failure")
    void throwsErrorsOfTheMachineOn() {
        OutOfMemoryError full = new OutOfMemoryError("test");
        assertThatThrownBy(() -> log.failed("handler 'a'", "handle", full)).isSameAs(full);
        assertThat(diary.lines).isEmpty();
        log.failed("handler 'a'", "handle", new StackOverflowError());
        log.failed("handler 'b'", "handle", new NoClassDefFoundError("x"));
        assertThat(diary.lines).hasSize(2);
    }

    @Test
    @DisplayName("ERR-6 an interrupt that a plugin has swallowed in an exception is put back")
    void putsAnInterruptBack() {
        log.failed("handler 'a'", "close", new InterruptedException());
        assertThat(Thread.interrupted()).isTrue();
    }
}
