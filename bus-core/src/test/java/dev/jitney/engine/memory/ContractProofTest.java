// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.spi.EventStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.EventStoreContract;
import dev.jitney.tck.ForwardingEventStore;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves the contract itself: a store that breaks one rule fails the tests of that rule, and one
 * that breaks none fails none.
 */
class ContractProofTest {

    @TempDir private Path scratch;

    /** The contract over a memory store that was tampered with. */
    private static final class Tampered extends EventStoreContract {

        private final UnaryOperator<EventStore> fault;

        private Tampered(UnaryOperator<EventStore> fault) {
            this.fault = fault;
        }

        @Override
        protected EventStore open(Path directory, PluginContext context) {
            PluginConfig config = PluginConfig.of("store 'memory'", Map.of(), context);
            return fault.apply(new MemoryEventStoreProvider().create(config));
        }
    }

    @TestFactory
    Stream<DynamicTest> aBrokenRuleIsFound() {
        return BrokenStores.all().entrySet().stream()
                .map(one -> DynamicTest.dynamicTest(one.getKey(), () -> isFound(one.getValue())));
    }

    private void isFound(BrokenStores.Fault fault) throws Exception {
        Method test = EventStoreContract.class.getMethod(fault.failing());
        Throwable failure = failureOf(test, fault.store());
        assertThat(failure).as("%s finds it", fault.failing()).isInstanceOf(AssertionError.class);
    }

    @Test
    @DisplayName("a store in order passes, tampered with or not")
    void aStoreInOrderPasses() throws Exception {
        Map<String, Throwable> failures = new TreeMap<>();
        for (Method test : EventStoreContract.class.getMethods()) {
            if (test.isAnnotationPresent(Test.class)) {
                Throwable failure = failureOf(test, ForwardingEventStore::new);
                if (failure != null) {
                    failures.put(test.getName(), failure);
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    @Test
    @DisplayName("STO-10 a store that declares little is held to refusing the rest")
    void aStoreThatDeclaresLittleMustRefuseTheRest() throws Exception {
        for (String name :
                List.of(
                        "readsBackward",
                        "savesAndFinds",
                        "aCursorHasOneOwner",
                        "removesWhatIsSelected")) {
            Method test = EventStoreContract.class.getMethod(name);
            assertThat(failureOf(test, BrokenStores.Modest::new)).as(name).isNull();
            assertThat(failureOf(test, BrokenStores.Boastful::new))
                    .as(name)
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    @DisplayName("every test of the contract carries the rule that it proves")
    void everyTestCarriesItsRule() {
        List<Method> tests =
                Stream.of(EventStoreContract.class.getMethods())
                        .filter(method -> method.isAnnotationPresent(Test.class))
                        .toList();
        assertThat(tests).hasSizeGreaterThan(60);
        assertThat(tests)
                .allSatisfy(
                        test ->
                                assertThat(test.getAnnotation(DisplayName.class).value())
                                        .as(test.getName())
                                        .matches("((STO|EVT|DSU)-\\d+ )+\\S.*"));
    }

    @Test
    @DisplayName("a failure says which rule was broken")
    void aFailureNamesItsRule() throws Exception {
        ExtendWith handler = EventStoreContract.class.getAnnotation(ExtendWith.class);
        Constructor<?> constructor = handler.value()[0].getDeclaredConstructor();
        constructor.setAccessible(true);
        TestExecutionExceptionHandler names =
                (TestExecutionExceptionHandler) constructor.newInstance();
        ExtensionContext context =
                (ExtensionContext)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {ExtensionContext.class},
                                (proxy, method, arguments) -> "STO-6 keeps the newest");
        assertThatThrownBy(
                        () ->
                                names.handleTestExecutionException(
                                        context, new AssertionError("\nexpected: 3")))
                .isInstanceOf(AssertionError.class)
                .hasMessage("STO-6 keeps the newest.\nexpected: 3");
        IllegalStateException other = new IllegalStateException("no assertion");
        assertThatThrownBy(() -> names.handleTestExecutionException(context, other))
                .isSameAs(other);
    }

    private Throwable failureOf(Method test, UnaryOperator<EventStore> fault) throws Exception {
        Tampered contract = new Tampered(fault);
        Field directory = EventStoreContract.class.getDeclaredField("directory");
        directory.setAccessible(true);
        directory.set(contract, Files.createTempDirectory(scratch, "contract"));
        run(contract, BeforeEach.class);
        test.setAccessible(true);
        try {
            test.invoke(contract);
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        } finally {
            run(contract, AfterEach.class);
        }
    }

    private static void run(
            EventStoreContract contract, Class<? extends java.lang.annotation.Annotation> when)
            throws ReflectiveOperationException {
        for (Method method : EventStoreContract.class.getDeclaredMethods()) {
            if (method.isAnnotationPresent(when)) {
                method.setAccessible(true);
                method.invoke(contract);
            }
        }
    }
}
