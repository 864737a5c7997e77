"""The screens: catalogue, application and my page for residents; inbox and case for staff."""
