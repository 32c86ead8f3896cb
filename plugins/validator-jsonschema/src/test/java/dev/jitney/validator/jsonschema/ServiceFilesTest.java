// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import dev.jitney.tck.ServiceFilesContract;

class ServiceFilesTest extends ServiceFilesContract {

    @Override
    protected Class<?> anchor() {
        return JsonSchemaValidatorProvider.class;
    }
}
