package dev.tributary.aggregation.method;

import dev.tributary.aggregation.FederatedMethod;

class HetLoraTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new HetLora();
    }
}
