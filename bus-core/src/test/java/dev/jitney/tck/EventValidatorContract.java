// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.ValidationException;
import dev.jitney.spi.ValidationException.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every event validator keeps to (VAL-1, PUB-3). Extend it to prove one:
 *
 * <pre>{@code
 * class AcmeValidatorContractTest extends EventValidatorContract {
 *     @Override
 *     protected EventValidator open(PluginContext context) {
 *         return new AcmeProvider().create(PluginConfig.of("validator 'acme'", Map.of(), context));
 *     }
 *
 *     @Override
 *     protected List<Event> accepted() {
 *         return List.of(Event.of("order.placed", 1));
 *     }
 *
 *     @Override
 *     protected List<Event> refused() {
 *         return List.of(Event.of("Order", 1));
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class EventValidatorContract {

    private final PluginHarness plugins = new PluginHarness();

    /** Opens the validator so that it refuses. The contract closes what is opened. */
    protected abstract EventValidator open(PluginContext context);

    /** Opens the same validator so that it only warns, or returns null if it cannot. */
    protected @Nullable EventValidator openToWarn(PluginContext context) {
        return null;
    }

    /** Returns events without a problem: one or more. */
    protected abstract List<Event> accepted();

    /** Returns events that are refused: one or more. */
    protected abstract List<Event> refused();

    @AfterEach
    void closePlugins() throws Exception {
        plugins.close();
    }

    private EventValidator open() {
        return plugins.keep(open(plugins.context()));
    }

    private static boolean refuses(List<Problem> problems) {
        return problems.stream().anyMatch(one -> !one.warning());
    }

    @Test
    @DisplayName("VAL-1 has a name that stays")
    void hasAName() {
        EventValidator validator = open();
        assertThat(validator.name()).matches("[a-z][a-z0-9-]*").isEqualTo(validator.name());
    }

    @Test
    @DisplayName("VAL-1 finds nothing wrong with events that are in order")
    void takesWhatIsInOrder() {
        EventValidator validator = open();
        assertThat(accepted()).as("events in order to try").isNotEmpty();
        for (Event event : accepted()) {
            assertThat(validator.validate(event)).as("problems of %s", event).isEmpty();
        }
    }

    @Test
    @DisplayName("VAL-1 refuses events that are not")
    void refusesWhatIsNot() {
        EventValidator validator = open();
        assertThat(refused()).as("events to refuse").isNotEmpty();
        for (Event event : refused()) {
            assertThat(refuses(validator.validate(event))).as("refuses %s", event).isTrue();
        }
    }

    @Test
    @DisplayName("VAL-2 says each problem in a clause, with a JSON pointer if it has a place")
    void saysProblemsInClauses() {
        EventValidator validator = open();
        for (Event event : refused()) {
            for (Problem problem : validator.validate(event)) {
                assertThat(problem.message()).as("problem of %s", event).isNotBlank();
                assertThat(problem.message()).as("no full stop").doesNotEndWith(".");
                assertThat(problem.message()).as("on one line").doesNotContain("\n");
                assertThat(problem.pointer() == null ? "" : problem.pointer())
                        .as("JSON pointer of '%s'", problem)
                        .matches("(/([^~/]|~[01])*)*");
            }
        }
    }

    @Test
    @DisplayName("PUB-3 its problems make an exception that names the rule")
    void makesAnExceptionThatNamesTheRule() {
        EventValidator validator = open();
        Event event = refused().get(0);
        List<Problem> problems = validator.validate(event);
        assertThat(refuses(problems)).as("refuses %s", event).isTrue();
        ValidationException refusal =
                new ValidationException(validator.name(), event, List.copyOf(problems));
        assertThat(refusal.rule()).isEqualTo(validator.name());
        assertThat(refusal.problems()).isEqualTo(problems);
        assertThat(refusal)
                .hasMessageStartingWith("Event '" + event.topic() + "' is refused by '")
                .hasMessageEndingWith(".");
    }

    @Test
    @DisplayName("VAL-1 finds the same problems when it is to warn, as warnings")
    void warnsOfTheSame() {
        EventValidator strict = open();
        EventValidator lenient = openToWarn(plugins.context());
        if (lenient == null) {
            return;
        }
        plugins.keep(lenient);
        for (Event event : refused()) {
            List<Problem> expected =
                    strict.validate(event).stream().map(Problem::asWarning).toList();
            assertThat(lenient.validate(event)).as("warnings of %s", event).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("VAL-1 gives one answer to one event, on every thread")
    void givesOneAnswer() {
        EventValidator validator = open();
        List<Boolean> answers =
                plugins.inParallel(
                        thread -> {
                            for (int round = 0; round < 20; round++) {
                                for (Event event : accepted()) {
                                    assertThat(validator.validate(event)).isEmpty();
                                }
                                for (Event event : refused()) {
                                    assertThat(refuses(validator.validate(event))).isTrue();
                                }
                            }
                            return true;
                        });
        assertThat(answers).hasSize(PluginHarness.THREADS);
    }

    @Test
    @DisplayName("VAL-1 bears every shape of event")
    void bearsEveryShapeOfEvent() {
        EventValidator validator = open();
        for (Event event : EventShapes.all()) {
            assertThat(validator.validate(event)).as("problems of %s", event.id()).isNotNull();
        }
    }

    @Test
    @DisplayName("VAL-1 may be closed twice")
    void mayBeClosedTwice() {
        EventValidator validator = open();
        validator.close();
        validator.close();
    }
}
