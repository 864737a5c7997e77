"""Pure rules of the guide: reading content, evaluating, proving, counting, coding."""
