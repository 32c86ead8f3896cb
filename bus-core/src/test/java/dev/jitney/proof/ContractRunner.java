// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the tests of a contract as JUnit would, and tells how they ended. */
public final class ContractRunner {

    private final Path scratch;

    /**
     * @param scratch where contracts that want a directory get one
     */
    public ContractRunner(Path scratch) {
        this.scratch = scratch;
    }

    /** Faults by what the plugin does wrong, each with the test that finds it. */
    public static final class Faults<T> {

        private final Map<String, Fault<T>> all = new LinkedHashMap<>();

        private record Fault<T>(String failing, T plugin) {}

        /** Adds a fault that the named test finds. */
        public Faults<T> add(String name, String failing, T plugin) {
            assertThat(all.put(name, new Fault<>(failing, plugin))).as(name).isNull();
            return this;
        }
    }

    /** One test for each fault: the test that is named fails with an assertion. */
    public <T> Stream<DynamicTest> finds(Faults<T> faults, Function<T, Object> contract) {
        return faults.all.entrySet().stream()
                .map(
                        one ->
                                DynamicTest.dynamicTest(
                                        one.getKey(),
                                        () -> {
                                            T plugin = one.getValue().plugin();
                                            String failing = one.getValue().failing();
                                            assertThat(
                                                            failure(
                                                                    () -> contract.apply(plugin),
                                                                    failing))
                                                    .as("%s finds it", failing)
                                                    .isInstanceOf(AssertionError.class);
                                        }));
    }

    /** Fails unless every test passes, and every test carries a rule. */
    public void passes(Supplier<Object> contract, int atLeast) throws Exception {
        List<Method> tests = tests(contract.get().getClass());
        assertThat(tests).hasSizeGreaterThanOrEqualTo(atLeast);
        Map<String, Throwable> failures = new TreeMap<>();
        for (Method test : tests) {
            assertThat(test.getAnnotation(DisplayName.class).value())
                    .as(test.getName())
                    .matches("([A-Z]{3}-\\d+ )+\\S.*");
            Throwable failure = failure(contract, test.getName());
            if (failure != null) {
                failures.put(test.getName(), failure);
            }
        }
        assertThat(failures).isEmpty();
    }

    /** Runs one test, which is to pass. */
    public void run(Supplier<Object> contract, String test) throws Exception {
        assertThat(failure(contract, test)).as(test).isNull();
    }

    private @Nullable Throwable failure(Supplier<Object> contract, String name) throws Exception {
        Object instance = contract.get();
        Method test =
                tests(instance.getClass()).stream()
                        .filter(one -> one.getName().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no test is named " + name));
        giveDirectories(instance);
        run(instance, BeforeEach.class);
        Throwable failure = invoke(instance, test);
        try {
            run(instance, AfterEach.class);
        } catch (InvocationTargetException e) {
            failure = failure == null ? e.getCause() : failure;
        }
        return failure;
    }

    private static @Nullable Throwable invoke(Object instance, Method test)
            throws IllegalAccessException {
        test.setAccessible(true);
        try {
            test.invoke(instance);
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
    }

    private static List<Method> tests(Class<?> contract) {
        List<Method> tests = new ArrayList<>();
        Stream.concat(Stream.of(contract.getMethods()), declared(contract).stream())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .distinct()
                .forEach(tests::add);
        return tests;
    }

    private static List<Method> declared(Class<?> contract) {
        List<Method> all = new ArrayList<>();
        for (Class<?> type = contract; type != null; type = type.getSuperclass()) {
            all.addAll(List.of(type.getDeclaredMethods()));
        }
        return all;
    }

    private static void run(Object instance, Class<? extends Annotation> when)
            throws ReflectiveOperationException {
        for (Method method : declared(instance.getClass())) {
            if (method.isAnnotationPresent(when)) {
                method.setAccessible(true);
                method.invoke(instance);
            }
        }
    }

    private void giveDirectories(Object instance) throws IllegalAccessException, IOException {
        for (Class<?> type = instance.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.isAnnotationPresent(TempDir.class)) {
                    field.setAccessible(true);
                    field.set(instance, Files.createTempDirectory(scratch, "contract"));
                }
            }
        }
    }
}
