"""Days in intensive care, laboratory values, medication, blood products and protocol deviations."""
