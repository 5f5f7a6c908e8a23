-- How many leads of a unit stand where: counted without reading the leads.
-- +goose Up
CREATE INDEX leads_unit_state ON leads (unit, state);
